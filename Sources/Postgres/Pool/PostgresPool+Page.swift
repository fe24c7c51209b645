extension PostgresPool {
  /// A page of a list and the total number of rows, both from one snapshot.
  ///
  /// - Parameters:
  ///   - columns: The columns to read.
  ///   - source: The text after `FROM`.
  ///   - condition: The condition on the rows.
  ///   - order: `ORDER BY` and what follows it; empty if the order does not matter.
  ///   - start: The number of rows to skip.
  ///   - limit: The maximum number of rows to return.
  ///   - read: Makes records of the rows, within the same transaction.
  public func page<Record: Sendable>(
    _ columns: SQL, from source: SQL, where condition: SQL, order: SQL, start: Int, limit: Int,
    _ read: (PostgresRows, PostgresConnection) async throws -> [Record]
  ) async throws -> ([Record], Int) {
    try await transaction(isolation: .repeatableRead, readOnly: true) { connection in
      let results = try await connection.pipeline([
        "SELECT count(*) FROM \(sql: source) WHERE \(sql: condition)",
        """
        SELECT \(sql: columns) FROM \(sql: source) WHERE \(sql: condition)
        \(sql: order) LIMIT \(max(0, limit)) OFFSET \(max(0, start))
        """,
      ])
      return (try await read(results[1], connection), try results[0].first?.decode(at: 0) ?? 0)
    }
  }
}
