import Foundation
package import JobQueue
import Postgres
import Primitives

/// Second factors in the database: the secrets of authenticator apps, sealed, and digests of recovery codes.
///
/// Setting up is pending until a right code was given. A code is taken once, whichever processes it is sent to.
package struct SecondFactorStore: Sendable {
  /// The seconds after which a secret that was not confirmed is made anew.
  private static let pendingSeconds = 3600.0

  let transactions: TransactionRunner
  let keys: SecondFactorKeys

  /// The second factors of a database.
  ///
  /// - Parameter secret: The secret of the installation, `MARTLET_SECRET`.
  package init(transactions: TransactionRunner, secret: String) {
    self.transactions = transactions
    keys = SecondFactorKeys(secret: secret)
  }

  /// Begins to set up a user's second factor, or goes on with it.
  ///
  /// - Returns: The secret, the same for an hour.
  /// - Throws: ``SecondFactorError/alreadyEnabled``; `PostgresError`.
  package func begin(of user: Int64) async throws -> SecondFactorSecret {
    let now = transactions.clock.now
    let kept = try await pending(
      user, from: now.addingTimeInterval(-Self.pendingSeconds), now: now)
    if let secret = keys.open(kept, of: user) { return secret }
    // The secret of the installation has changed since.
    let renewed = try await pending(user, from: now.addingTimeInterval(1), now: now)
    guard let secret = keys.open(renewed, of: user) else { throw SecondFactorError.unreadable }
    return secret
  }

  /// The sealed secret that waits for its first code; one of before an instant is made anew.
  private func pending(_ user: Int64, from earliest: Date, now: Date) async throws -> [UInt8] {
    let sealed = keys.seal(.make(), of: user)
    try await transactions.postgres.query(
      """
      INSERT INTO user_second_factors AS known (user_id, secret, date_added)
      VALUES (\(user), \(sealed), \(now)::timestamptz)
      ON CONFLICT (user_id) DO UPDATE
        SET secret = excluded.secret, date_added = excluded.date_added
        WHERE known.enabled_at IS NULL AND known.date_added < \(earliest)::timestamptz
      """)
    let rows = try await transactions.postgres.query(
      "SELECT secret FROM user_second_factors WHERE user_id = \(user) AND enabled_at IS NULL")
    guard let row = rows.first else { throw SecondFactorError.alreadyEnabled }
    return try row.decode("secret")
  }

  /// Ends the setting up with the first code. All other sessions of the user end; every process refuses the password
  /// alone within a second.
  ///
  /// - Parameters:
  ///   - code: The code that the app shows.
  ///   - author: The user, with the address.
  ///   - session: The digest of the session that goes on (``UserSession/digest``); nil for none.
  /// - Returns: The recovery codes, which are kept nowhere; nil for a wrong code.
  /// - Throws: ``SecondFactorError/alreadyEnabled``, ``SecondFactorError/notEnabled`` where nothing was begun;
  ///   `PostgresError`.
  package func enable(
    of user: Int64, code: String, by author: Author, keeping session: [UInt8]?
  ) async throws -> [String]? {
    try await transactions.transaction { transaction in
      try await Self.lock(user, in: transaction)
      let rows = try await transaction.query(
        """
        SELECT secret, enabled_at IS NOT NULL AS is_enabled FROM user_second_factors
        WHERE user_id = \(user) FOR UPDATE
        """)
      guard let row = rows.first else { throw SecondFactorError.notEnabled }
      guard try !row.decode("is_enabled", as: Bool.self) else {
        throw SecondFactorError.alreadyEnabled
      }
      guard let secret = keys.open(try row.decode("secret"), of: user) else {
        throw SecondFactorError.unreadable
      }
      let now = transaction.now
      guard let step = TOTP.step(of: RecoveryCode.bare(code), secret.bytes, at: now) else {
        return nil
      }
      try await transaction.query(
        """
        UPDATE user_second_factors SET enabled_at = \(now)::timestamptz, last_step = \(step)
        WHERE user_id = \(user)
        """)
      try await SessionStore.end(of: user, but: session, in: transaction)
      let codes = try await Self.replaceCodes(of: user, in: transaction)
      try await Self.audit("two_factor_enable", user, by: author, in: transaction)
      return codes
    }
  }

  /// Takes away a user's second factor, who has proven it.
  ///
  /// - Throws: ``SecondFactorError/notEnabled``; `PostgresError`.
  package func disable(of user: Int64, by author: Author) async throws {
    try await transactions.transaction { transaction in
      try await Self.lock(user, in: transaction)
      guard try await Self.remove(of: user, in: transaction) else {
        throw SecondFactorError.notEnabled
      }
      try await Self.audit("two_factor_disable", user, by: author, in: transaction)
    }
  }

  /// Changes of users and of their second factors follow one another, and sessions begin before or after them.
  static func lock(_ user: Int64, in transaction: Transaction) async throws {
    try await transaction.query("SELECT FROM users_version FOR UPDATE")
    try await transaction.query("SELECT FROM users WHERE id = \(user) FOR UPDATE")
  }

  /// Removes what there is of a second factor, recovery codes too.
  ///
  /// - Returns: Whether it was set up.
  static func remove(of user: Int64, in transaction: Transaction) async throws -> Bool {
    try await transaction.query(
      """
      DELETE FROM user_second_factors WHERE user_id = \(user)
      RETURNING enabled_at IS NOT NULL AS is_enabled
      """
    ).first?.decode("is_enabled") ?? false
  }

  static func audit(
    _ action: String, _ user: Int64, _ details: [String: JSONValue] = [:], by author: Author,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "user", user, details: .object(details))], by: author, in: transaction)
  }
}
