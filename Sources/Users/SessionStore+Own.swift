import Foundation
import JobQueue
import Postgres
import Primitives

/// The sessions of one user, to look at and to end.
extension SessionStore {
  /// The most sessions that a list shows.
  package static let mostListed = 200

  /// The sessions of a user that go on, the last used first, at most ``mostListed`` of them.
  ///
  /// - Throws: `PostgresError`.
  package func all(of user: Int64) async throws -> [SessionEntry] {
    let rows = try await transactions.postgres.query(
      """
      SELECT \(sql: Self.entry) FROM user_sessions s JOIN users ON users.id = s.user_id
      WHERE s.user_id = \(user) AND s.expires_at > \(transactions.clock.now)::timestamptz
        AND users.is_published AND s.password_version = users.password_version
      ORDER BY s.last_seen DESC, s.id DESC LIMIT \(Self.mostListed)
      """)
    return try rows.map(Self.entry)
  }

  /// Ends a session of a user.
  ///
  /// - Parameter id: The number of the session in the list.
  /// - Returns: The session as it was; nil where the user has none with this number.
  /// - Throws: `PostgresError`.
  package func end(_ id: Int64, of user: Int64, by author: Author) async throws -> SessionEntry? {
    try await transactions.transaction { transaction in
      let rows = try await transaction.query(
        """
        DELETE FROM user_sessions s WHERE s.id = \(id) AND s.user_id = \(user)
        RETURNING \(sql: Self.entry)
        """)
      guard let row = rows.first else { return nil }
      try await Self.audit(user, sessions: 1, by: author, in: transaction)
      return try Self.entry(row)
    }
  }

  /// Ends the sessions of a user.
  ///
  /// - Parameter session: The digest of the one that goes on; nil for none.
  /// - Returns: How many have ended.
  /// - Throws: `PostgresError`.
  package func endAll(
    of user: Int64, but session: [UInt8]?, by author: Author
  ) async throws -> Int {
    try await transactions.transaction { transaction in
      let count = try await Self.end(of: user, but: session, in: transaction)
      if count > 0 { try await Self.audit(user, sessions: count, by: author, in: transaction) }
      return count
    }
  }

  /// Ends all sessions of a user but the one with a digest; returns how many.
  @discardableResult
  static func end(
    of user: Int64, but session: [UInt8]?, in transaction: Transaction
  ) async throws -> Int {
    try await transaction.query(
      """
      DELETE FROM user_sessions WHERE user_id = \(user) AND digest <> \(session ?? [])
      RETURNING user_id
      """
    ).count
  }

  /// Has a session go on with the password that its user has by now, where all others end.
  static func keep(
    _ session: [UInt8]?, of user: Int64, in transaction: Transaction
  ) async throws {
    try await end(of: user, but: session, in: transaction)
    try await transaction.query(
      """
      UPDATE user_sessions s SET password_version = users.password_version FROM users
      WHERE s.digest = \(session ?? []) AND s.user_id = \(user) AND users.id = s.user_id
      """)
  }

  private static let entry: SQL = """
    s.id, s.ip_address, s.user_agent, s.date_added, s.last_seen, s.expires_at, s.is_kept, s.digest
    """

  private static func entry(_ row: PostgresRow) throws -> SessionEntry {
    SessionEntry(
      id: try row.decode("id"), address: try row.decode("ip_address"),
      agent: try row.decode("user_agent"), added: try row.decode("date_added"),
      lastSeen: try row.decode("last_seen"), expires: try row.decode("expires_at"),
      isKept: try row.decode("is_kept"), digest: try row.decode("digest"))
  }

  private static func audit(
    _ user: Int64, sessions count: Int, by author: Author, in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [
        .init(
          "sessions_end", "user", user, details: .object(["sessions": .integer(Int64(count))]))
      ], by: author, in: transaction)
  }
}
