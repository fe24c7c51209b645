import Contacts
import Postgres
import Query

/// Raw rows of tables (API page, 8.14).
struct StatsStore: Sendable {
  let pool: PostgresPool

  /// A page of a table, and the total number of rows. Every value is a text or null: booleans `0` and `1`, instants
  /// `YYYY-MM-DD HH:MM:SS` in UTC.
  ///
  /// - Throws: `QueryError`; `PostgresError`.
  func page(
    _ table: StatsTable, _ request: ListRequest, start: Int, limit: Int
  ) async throws -> (rows: [[String?]], total: Int) {
    let condition = try table.list.condition(request)
    let order = try table.order(request)
    let columns = table.columns.map(\.asText).joined(separator: ", ")
    return try await pool.page(
      columns, from: table.source, where: condition, order: order, start: start, limit: limit
    ) { rows, _ in
      try rows.map { row in
        try table.columns.indices.map { try row.decode(at: $0, as: String?.self) }
      }
    }
  }
}
