import Foundation
package import JobQueue
import Postgres
import Primitives

/// Sessions of browsers in the database, as digests of their random ids.
///
/// A session is over when it expires, when its user is disabled or removed, and when the password changes: each look at it
/// asks the database, so every process knows at once.
package struct SessionStore: Sendable {
  let transactions: TransactionRunner
  private let limits: SessionLimits

  /// The sessions of a database.
  package init(transactions: TransactionRunner, limits: SessionLimits = SessionLimits()) {
    self.transactions = transactions
    self.limits = limits
  }

  /// Begins a session of a user whose credentials were verified.
  ///
  /// - Parameters:
  ///   - user: The user's id.
  ///   - version: The version of the password that was verified (``User/passwordVersion``); with an older one than the
  ///     user has by now the session is over from the beginning.
  ///   - isFactorProven: Whether the second factor was proven too; without, nothing begins for a user who has one.
  ///   - isKept: Whether it goes on without requests.
  ///   - address: The client's address.
  ///   - agent: The browser's name of itself.
  ///   - old: The id of the session that the browser had, which ends; nil for none.
  ///   - how: How the user was verified, for the audit log; empty for by a password.
  /// - Returns: The session's id, which is kept nowhere.
  /// - Throws: ``UserError/notFound`` for a user who is gone, ``UserError/secondFactorMissing``; `PostgresError`.
  package func begin(
    user: Int64, passwordVersion version: Int64, isFactorProven: Bool = false,
    isKept: Bool = false, address: String, agent: String?, replacing old: String? = nil,
    how: [String: String] = [:]
  ) async throws -> String {
    let id = SecretToken.make()
    let digest = SecretToken.digest(id)
    try await transactions.transaction { transaction in
      if let old { try await Self.remove(old, in: transaction) }
      let now = transaction.now
      // A second factor that is being set up ends the sessions there are: this one begins before that or after.
      let known = try await transaction.query(
        "SELECT id FROM users WHERE id = \(user) FOR KEY SHARE")
      guard !known.isEmpty else { throw UserError.notFound }
      let rows = try await transaction.query(
        """
        INSERT INTO user_sessions (digest, user_id, password_version, date_added, last_seen,
          expires_at, is_kept, ip_address, user_agent)
        SELECT \(digest), id, \(version)::bigint, \(now)::timestamptz, \(now)::timestamptz,
          \(limits.expiry(added: now, seen: now, isKept: isKept))::timestamptz, \(isKept)::boolean,
          \(Self.text(address, most: 64))::text, \(Self.text(agent, most: 300))::text
        FROM users WHERE id = \(user) AND (\(isFactorProven) OR NOT EXISTS (
          SELECT FROM user_second_factors factor
          WHERE factor.user_id = users.id AND factor.enabled_at IS NOT NULL))
        RETURNING user_id
        """)
      guard !rows.isEmpty else { throw UserError.secondFactorMissing }
      var author = try await Self.author(user, in: transaction)
      author.address = address
      let details = JSONValue.object(how.mapValues { .string($0) })
      try await AuditLog.write(
        [.init("login", "user", user, details: details)], by: author, in: transaction)
    }
    return id
  }

  /// The session with an id; nil for one that is over.
  ///
  /// - Throws: `PostgresError`.
  package func find(_ id: String) async throws -> UserSession? {
    guard id.utf8.count <= SecretToken.maximumBytes else { return nil }
    let now = transactions.clock.now
    let digest = SecretToken.digest(id)
    let rows = try await transactions.postgres.query(
      """
      SELECT \(sql: UserStore.columns), s.date_added AS session_added,
        s.last_seen AS session_seen, s.expires_at AS session_expires, s.is_kept AS session_kept
      FROM \(sql: UserStore.source) JOIN user_sessions s ON s.user_id = users.id
      WHERE s.digest = \(digest) AND s.expires_at > \(now)::timestamptz AND users.is_published
        AND s.password_version = users.password_version
      """)
    guard let row = rows.first else { return nil }
    let session = UserSession(
      user: try UserStore.user(row), added: try row.decode("session_added"),
      lastSeen: try row.decode("session_seen"), expires: try row.decode("session_expires"),
      isKept: try row.decode("session_kept"), digest: digest)
    if now.timeIntervalSince(session.lastSeen) >= 60 { try await note(session, at: now) }
    return session
  }

  /// Ends the session with an id, if there is one.
  ///
  /// - Throws: `PostgresError`.
  package func end(_ id: String) async throws {
    try await transactions.transaction { try await Self.remove(id, in: $0) }
  }

  /// Removes sessions that are over, a set at a time.
  ///
  /// - Parameter limit: The maximum number of sessions to remove.
  /// - Returns: The number removed.
  /// - Throws: `PostgresError`.
  package static func prune(_ limit: Int, in transaction: Transaction) async throws -> Int {
    try await transaction.query(
      """
      DELETE FROM user_sessions WHERE digest IN (
        SELECT digest FROM user_sessions WHERE expires_at <= \(transaction.now)::timestamptz
        LIMIT \(limit) FOR UPDATE SKIP LOCKED)
      RETURNING user_id
      """
    ).count
  }

  /// Keeps when a session was used, and lets it go on.
  private func note(_ session: UserSession, at now: Date) async throws {
    do {
      try await write(session, seen: now)
    } catch let error as PostgresError where error.code == .server {
      // A server that cannot write, such as one whose disk is full, keeps nobody from reading.
    }
  }

  private func write(_ session: UserSession, seen now: Date) async throws {
    try await transactions.postgres.query(
      """
      UPDATE user_sessions SET last_seen = \(now)::timestamptz,
        expires_at = \(limits.expiry(added: session.added, seen: now, isKept: session.isKept))::timestamptz
      WHERE digest = \(session.digest) AND last_seen < \(now)::timestamptz
      """)
  }

  private static func remove(_ id: String, in transaction: Transaction) async throws {
    guard id.utf8.count <= SecretToken.maximumBytes else { return }
    try await transaction.query(
      "DELETE FROM user_sessions WHERE digest = \(SecretToken.digest(id))")
  }

  private static func author(_ id: Int64, in transaction: Transaction) async throws -> Author {
    try await UserStore.user(id, on: transaction.connection)?.author ?? .system
  }

  /// A text as the table keeps it.
  private static func text(_ given: String?, most limit: Int) -> String? {
    given.map { String($0.prefix(limit)).replacing("\0", with: "") }
  }
}
