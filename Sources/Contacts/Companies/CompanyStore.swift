package import Fields
package import JobQueue
package import Postgres
import Users

/// Companies in the database (contacts.md 4).
package struct CompanyStore: Sendable {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }
  let fields: FieldStore
  let rules: @Sendable () async throws -> CompanyRules

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - fields: The field definitions.
  ///   - rules: The operator's settings, read for each change.
  package init(
    transactions: TransactionRunner, fields: FieldStore,
    rules: @escaping @Sendable () async throws -> CompanyRules
  ) {
    self.transactions = transactions
    self.fields = fields
    self.rules = rules
  }

  /// Returns a page of companies and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  ///   - condition: A condition on the table `companies`; nil for all, whose number is kept (``RecordCount``).
  ///   - order: The `ORDER BY` clause.
  /// - Throws: `PostgresError`.
  package func page(
    start: Int, limit: Int, where condition: SQL? = nil, order: SQL = "ORDER BY id"
  ) async throws -> (companies: [Company], total: Int) {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      let total: SQL =
        condition.map { "(SELECT count(*) FROM companies WHERE \(sql: $0))" }
        ?? RecordCount.sql(of: "companies")
      let count = try await connection.query("SELECT \(sql: total)")
      let page: SQL = """
        SELECT id, row_number() OVER () AS place FROM (
          SELECT id FROM companies WHERE \(sql: condition ?? "true") \(sql: order)
          LIMIT \(max(0, limit)) OFFSET \(max(0, start))
        ) AS chosen
        """
      return (try await read(page, on: connection), try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// Returns the company with an id; `nil` if it does not exist.
  package func company(_ id: Int64) async throws -> Company? {
    try await pool.withConnection { try await company(id, on: $0) }
  }

  /// Returns the company within a transaction, optionally locking it first.
  ///
  /// The lock is a separate statement, sent along with the next: a statement that waits for a lock
  /// sees the new row of the company, but joins it to rows from before the wait, so that a new
  /// owner would be missing.
  func company(
    _ id: Int64, locking lock: SQL? = nil, on connection: PostgresConnection
  ) async throws -> Company? {
    if let lock {
      await connection.sendWithNext("SELECT FROM companies WHERE id = \(id) \(sql: lock)")
    }
    return try await read("SELECT \(id)::bigint AS id, 1 AS place", on: connection).first
  }

  /// Returns the companies that a query returns as `id` and `place`.
  private func read(_ ids: SQL, on connection: PostgresConnection) async throws -> [Company] {
    let reader = CompanyReader(fields: try await fields.current(on: connection).company)
    return try reader.companies(await connection.query(reader.select(ids)))
  }
}
