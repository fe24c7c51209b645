import Postgres

/// The kept numbers of records: exact in every snapshot, at the cost of a few rows.
enum RecordCount {
  /// Returns the number of records of a table as an expression, `contacts` or `companies`.
  static func sql(of table: StaticString) -> SQL {
    """
    (SELECT coalesce(sum(change), 0)::bigint FROM record_counts WHERE table_name = '\(literal: table)')
    """
  }

  /// Returns the number of records of a table, `contacts` or `companies`.
  static func read(of table: StaticString, on connection: PostgresConnection) async throws -> Int {
    try await connection.query("SELECT \(sql: sql(of: table))").first?.decode(at: 0) ?? 0
  }
}
