extension PostgresPool {
  /// Some rows of a list and how many there are in all, both of one moment.
  ///
  /// - Parameters:
  ///   - columns: What is read of a row.
  ///   - source: What stands after `FROM`.
  ///   - condition: Which rows.
  ///   - order: `ORDER BY` and what follows it; empty where the order means nothing.
  ///   - start: How many to leave out from the beginning.
  ///   - limit: How many to return at most.
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
