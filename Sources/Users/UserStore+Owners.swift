package import Postgres

extension UserStore {
  /// Whether there is a user with an id.
  ///
  /// - Throws: `PostgresError`.
  package static func exists(_ id: Int64, on pool: PostgresPool) async throws -> Bool {
    try await !pool.query("SELECT FROM users WHERE id = \(id)").isEmpty
  }

  /// The users that records may be given to, by last name, first name and id.
  ///
  /// - Parameters:
  ///   - name: Only those whose first or last name, or both joined, hold this text, in any case.
  ///   - start: The number of users to skip.
  ///   - limit: The maximum number of users to return.
  ///   - pool: The database.
  /// - Throws: `PostgresError`.
  package static func owners(
    named name: String? = nil, start: Int = 0, limit: Int, on pool: PostgresPool
  ) async throws -> [UserReference] {
    // As a text, not as a pattern.
    let wanted = name.flatMap { $0.isEmpty ? nil : $0 }
    let rows = try await pool.query(
      """
      SELECT id, username, first_name, last_name FROM users
      WHERE is_published AND (\(wanted)::text IS NULL
        OR strpos(lower(first_name || ' ' || last_name), lower(\(wanted)::text)) > 0)
      ORDER BY lower(last_name), lower(first_name), id
      LIMIT \(max(0, limit)) OFFSET \(max(0, start))
      """)
    return try rows.map { row in
      UserReference(
        id: try row.decode("id"), username: try row.decode("username"),
        firstName: try row.decode("first_name"), lastName: try row.decode("last_name"))
    }
  }
}
