import JobQueue
import Postgres

extension SecondFactorStore {
  /// Takes a code of the app, or a recovery code. Either is taken once.
  ///
  /// - Parameters:
  ///   - code: The code as it was typed.
  ///   - author: The user, with the address.
  /// - Returns: Whether it was right and new.
  /// - Throws: ``SecondFactorError/unreadable``; `PostgresError`.
  package func accept(_ code: String, of user: Int64, by author: Author) async throws -> Bool {
    if let digest = RecoveryCode.digest(code, of: user) {
      return try await accept(recovery: digest, of: user, by: author)
    }
    let bare = RecoveryCode.bare(code)
    guard bare.utf8.count == TOTP.digits else { return false }
    let rows = try await transactions.postgres.query(
      "SELECT secret FROM user_second_factors WHERE user_id = \(user) AND enabled_at IS NOT NULL")
    guard let row = rows.first else { return false }
    let sealed: [UInt8] = try row.decode("secret")
    guard let secret = keys.open(sealed, of: user) else { throw SecondFactorError.unreadable }
    guard let step = TOTP.step(of: bare, secret.bytes, at: transactions.clock.now) else {
      return false
    }
    // Of two that send the same code at once the second finds the step taken.
    return try await !transactions.postgres.query(
      """
      UPDATE user_second_factors SET last_step = \(step)
      WHERE user_id = \(user) AND enabled_at IS NOT NULL AND secret = \(sealed)
        AND last_step < \(step)
      RETURNING user_id
      """
    ).isEmpty
  }

  private func accept(
    recovery digest: [UInt8], of user: Int64, by author: Author
  ) async throws -> Bool {
    try await transactions.transaction { transaction in
      let rows = try await transaction.query(
        """
        DELETE FROM user_recovery_codes WHERE user_id = \(user) AND digest = \(digest)
        RETURNING user_id
        """)
      guard !rows.isEmpty else { return false }
      let left = try await Self.codes(of: user, on: transaction.connection)
      try await Self.audit(
        "recovery_code_use", user, ["left": .integer(Int64(left))], by: author, in: transaction)
      return true
    }
  }

  /// The number of recovery codes that a user has left.
  ///
  /// - Throws: `PostgresError`.
  package func recoveryCodes(of user: Int64) async throws -> Int {
    try await transactions.postgres.withConnection { try await Self.codes(of: user, on: $0) }
  }

  /// Makes a user's recovery codes anew; those of before are good for nothing.
  ///
  /// - Returns: The codes, which are kept nowhere.
  /// - Throws: ``SecondFactorError/notEnabled``; `PostgresError`.
  package func renewRecoveryCodes(of user: Int64, by author: Author) async throws -> [String] {
    try await transactions.transaction { transaction in
      let rows = try await transaction.query(
        """
        SELECT user_id FROM user_second_factors
        WHERE user_id = \(user) AND enabled_at IS NOT NULL FOR UPDATE
        """)
      guard !rows.isEmpty else { throw SecondFactorError.notEnabled }
      let codes = try await Self.replaceCodes(of: user, in: transaction)
      try await Self.audit("recovery_codes_renew", user, by: author, in: transaction)
      return codes
    }
  }

  static func replaceCodes(
    of user: Int64, in transaction: Transaction
  ) async throws -> [String] {
    let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.make() }
    let digests = codes.compactMap { RecoveryCode.digest($0, of: user) }
    try await transaction.query("DELETE FROM user_recovery_codes WHERE user_id = \(user)")
    for digest in digests {
      try await transaction.query(
        "INSERT INTO user_recovery_codes (user_id, digest) VALUES (\(user), \(digest))")
    }
    return codes
  }

  private static func codes(of user: Int64, on connection: PostgresConnection) async throws -> Int {
    try await connection.query(
      "SELECT count(*) FROM user_recovery_codes WHERE user_id = \(user)"
    ).first?.decode(at: 0) ?? 0
  }
}
