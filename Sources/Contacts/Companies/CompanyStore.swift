package import Postgres
import Users

/// Companies in the database (contacts.md 4).
package struct CompanyStore: Sendable {
  let pool: PostgresPool
  let fields: FieldStore
  let rules: @Sendable () async throws -> CompanyRules

  /// A store.
  ///
  /// - Parameters:
  ///   - pool: The database.
  ///   - fields: The definitions of fields.
  ///   - rules: What an operator has set, asked anew for each change.
  package init(
    pool: PostgresPool, fields: FieldStore,
    rules: @escaping @Sendable () async throws -> CompanyRules = { CompanyRules() }
  ) {
    self.pool = pool
    self.fields = fields
    self.rules = rules
  }

  /// A page of companies, and how many there are in all.
  ///
  /// - Parameters:
  ///   - start: How many to leave out from the beginning.
  ///   - limit: How many to return at most.
  ///   - condition: A condition on the table `companies`.
  ///   - order: `ORDER BY …`.
  /// - Throws: `PostgresError`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (companies: [Company], total: Int) {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      let count = try await connection.query(
        "SELECT count(*) FROM companies WHERE \(sql: condition)")
      let page: SQL = """
        SELECT id, row_number() OVER () AS place FROM (
          SELECT id FROM companies WHERE \(sql: condition) \(sql: order)
          LIMIT \(max(0, limit)) OFFSET \(max(0, start))
        ) AS chosen
        """
      return (try await read(page, on: connection), try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// The company with a number, or `nil`.
  package func company(_ id: Int64) async throws -> Company? {
    try await pool.withConnection { try await company(id, on: $0) }
  }

  /// The same as a transaction sees it, locked first if it is to be.
  ///
  /// The lock is a statement of its own, which goes with the next one: a statement that waits for it sees the
  /// new row of the company, but joins it to what it saw before it waited, so that a new owner would be none.
  func company(
    _ id: Int64, locking lock: SQL? = nil, on connection: PostgresConnection
  ) async throws -> Company? {
    if let lock {
      await connection.sendWithNext("SELECT FROM companies WHERE id = \(id) \(sql: lock)")
    }
    return try await read("SELECT \(id)::bigint AS id, 1 AS place", on: connection).first
  }

  /// The companies that a query gives by `id` and `place`. Columns of fields come last and are read by
  /// position.
  private func read(_ ids: SQL, on connection: PostgresConnection) async throws -> [Company] {
    let published = try await fields.current(on: connection).company
    let columns = published.map { ", c.\(identifier: $0.column)" as SQL }.joined(separator: "")
    let rows = try await connection.query(
      """
      SELECT c.id, c.is_published, c.date_added, c.date_modified, c.created_by, c.created_by_user,
        c.modified_by, c.modified_by_user, c.score, u.id, u.username, u.first_name, u.last_name
        \(sql: columns)
      FROM (\(sql: ids)) AS page
      JOIN companies c ON c.id = page.id
      LEFT JOIN users u ON u.id = c.owner_id
      ORDER BY page.place
      """)
    return try rows.map { row in
      var values: [FieldValue?] = []
      values.reserveCapacity(published.count)
      for (index, field) in published.enumerated() {
        values.append(try FieldValue.read(field, row, at: 13 + index))
      }
      return Company(
        id: try row.decode(at: 0), isPublished: try row.decode(at: 1),
        dateAdded: try row.decode(at: 2), dateModified: try row.decode(at: 3),
        createdBy: try row.decode(at: 4), createdByUser: try row.decode(at: 5),
        modifiedBy: try row.decode(at: 6), modifiedByUser: try row.decode(at: 7),
        score: try row.decode(at: 8), owner: try owner(row),
        fields: FieldValues(fields: published, values: values))
    }
  }

  private func owner(_ row: PostgresRow) throws -> UserReference? {
    guard let id: Int64 = try row.decode(at: 9) else { return nil }
    return UserReference(
      id: id, username: try row.decode(at: 10), firstName: try row.decode(at: 11),
      lastName: try row.decode(at: 12))
  }
}
