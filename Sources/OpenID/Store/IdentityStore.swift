import JobQueue
import Postgres
import Primitives
import Users

/// Which users the identities of providers are, in the database.
struct IdentityStore: Sendable {
  let transactions: TransactionRunner

  /// Uses a sign-in up, in every process.
  ///
  /// - Returns: Whether it had not been used.
  /// - Throws: `PostgresError`.
  func use(_ signIn: SignIn) async throws -> Bool {
    let digest = SecretToken.digest(signIn.state)
    return try await transactions.transaction { transaction in
      // Later answers to the expired ones are refused for their age.
      try await transaction.query(
        """
        DELETE FROM openid_used_states WHERE digest IN (
          SELECT digest FROM openid_used_states WHERE expires_at <= \(transaction.now)::timestamptz
          LIMIT 100 FOR UPDATE SKIP LOCKED)
        """)
      let expiry = transaction.now.addingTimeInterval(2 * Double(SignIn.seconds))
      return try await !transaction.query(
        """
        INSERT INTO openid_used_states (digest, expires_at)
        VALUES (\(digest), \(expiry)::timestamptz) ON CONFLICT DO NOTHING RETURNING digest
        """
      ).isEmpty
    }
  }

  /// The user with an identity; nil for an identity that nobody has.
  ///
  /// - Throws: `PostgresError`.
  static func user(
    _ subject: String, at issuer: String, in transaction: Transaction
  ) async throws -> User? {
    let rows = try await transaction.query(
      """
      SELECT user_id FROM user_identities WHERE issuer = \(issuer) AND subject = \(subject)
      """)
    guard let row = rows.first else { return nil }
    return try await UserStore.user(try row.decode("user_id"), on: transaction.connection)
  }

  /// Gives a user an identity.
  ///
  /// - Parameters:
  ///   - means: How the user was found, for the audit log: `email`, `create` or `hand`.
  ///   - author: Who is the cause.
  /// - Returns: False, with nothing changed, if another user has the identity, or this one another one at the issuer.
  /// - Throws: `PostgresError`.
  static func link(
    _ user: Int64, to subject: String, at issuer: String, by means: String, _ author: Author,
    in transaction: Transaction
  ) async throws -> Bool {
    let rows = try await transaction.query(
      """
      INSERT INTO user_identities (user_id, issuer, subject, date_added)
      VALUES (\(user), \(issuer), \(subject), \(transaction.now)::timestamptz)
      ON CONFLICT DO NOTHING RETURNING id
      """)
    guard !rows.isEmpty else { return false }
    let details: [String: JSONValue] = [
      "issuer": .string(issuer), "subject": .string(subject), "by": .string(means),
    ]
    try await AuditLog.write(
      [.init("identity", "user", user, details: .object(details))], by: author, in: transaction)
    return true
  }

  /// Takes all identities of a user away.
  ///
  /// - Returns: Their number.
  /// - Throws: `PostgresError`.
  static func unlink(
    _ user: Int64, _ author: Author, in transaction: Transaction
  ) async throws -> Int {
    let rows = try await transaction.query(
      "DELETE FROM user_identities WHERE user_id = \(user) RETURNING issuer, subject")
    let entries = try rows.map { row in
      let details: [String: JSONValue] = [
        "issuer": .string(try row.decode("issuer")), "subject": .string(try row.decode("subject")),
      ]
      return AuditLog.Entry("identity_removed", "user", user, details: .object(details))
    }
    try await AuditLog.write(entries, by: author, in: transaction)
    return entries.count
  }
}
