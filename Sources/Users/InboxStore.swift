package import Foundation
package import JobQueue
package import Postgres

/// Notes to users, shown by the console.
package enum InboxStore {
  package struct Note: Sendable, Identifiable, Equatable {
    /// The note's id.
    package var id: Int64
    /// The subject in a line.
    package var title: String
    /// The text.
    package var body: String
    /// Whether the user has read it.
    package var isRead: Bool
    /// The time of writing.
    package var dateAdded: Date
  }

  /// Writes a note to a user; does nothing without a user.
  ///
  /// - Throws: `PostgresError`.
  package static func post(
    to user: Int64?, title: String, body: String, in transaction: Transaction
  ) async throws(PostgresError) {
    guard let user else { return }
    try await post([(user, title, body)], in: transaction)
  }

  /// Writes notes with one statement. Users who do not exist get none.
  ///
  /// - Throws: `PostgresError`.
  package static func post(
    _ notes: [(user: Int64, title: String, body: String)], in transaction: Transaction
  ) async throws(PostgresError) {
    guard !notes.isEmpty else { return }
    try await transaction.query(
      """
      INSERT INTO inbox (user_id, title, body, date_added)
      SELECT note.user_id, note.title, note.body, \(transaction.now)
      FROM unnest(\(notes.map(\.user)), \(notes.map { String($0.title.prefix(500)) }),
        \(notes.map { String($0.body.prefix(20_000)) })) AS note (user_id, title, body)
      JOIN users ON users.id = note.user_id
      """)
  }

  /// The given user if published, else the first administrator; nil without either.
  ///
  /// - Throws: `PostgresError`.
  package static func user(
    _ wanted: Int64?, on connection: PostgresConnection
  ) async throws(PostgresError) -> Int64? {
    let rows = try await connection.query(
      """
      SELECT users.id FROM users JOIN roles ON roles.id = users.role_id
      WHERE users.is_published
        AND (users.id = \(wanted)::bigint OR (roles.is_admin AND roles.is_published))
      ORDER BY users.id = \(wanted ?? 0) DESC, users.id LIMIT 1
      """)
    return try rows.first?.decode(at: 0)
  }

  /// A user's notes, newest first.
  ///
  /// - Throws: `PostgresError`.
  package static func notes(
    of user: Int64, start: Int = 0, limit: Int = 30, on pool: PostgresPool
  ) async throws -> [Note] {
    try await pool.query(
      """
      SELECT id, title, body, is_read, date_added FROM inbox WHERE user_id = \(user)
      ORDER BY id DESC LIMIT \(limit) OFFSET \(start)
      """
    ).map { row in
      Note(
        id: try row.decode("id"), title: try row.decode("title"), body: try row.decode("body"),
        isRead: try row.decode("is_read"), dateAdded: try row.decode("date_added"))
    }
  }
}
