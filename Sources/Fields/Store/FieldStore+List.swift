package import Postgres

extension FieldStore {
  /// Returns a page of an object's fields and the total number.
  ///
  /// - Parameters:
  ///   - object: The object of the fields.
  ///   - start: The number of fields to skip.
  ///   - limit: The maximum number of fields to return.
  ///   - condition: A condition on the table `fields`.
  ///   - order: The `ORDER BY` clause.
  package func page(
    _ object: FieldObject, start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY position, id"
  ) async throws -> (fields: [Field], total: Int) {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      let known = try await self.current(on: connection)
      let types = known.all.map(\.id)
      // Fields of types that only a newer version of this program knows are not counted either.
      let found: SQL = """
        FROM fields WHERE object = \(object.rawValue) AND id = ANY (\(types)) AND \(sql: condition)
        """
      let count = try await connection.query("SELECT count(*) \(sql: found)")
      let rows = try await connection.query(
        "SELECT id \(sql: found) \(sql: order) LIMIT \(limit) OFFSET \(start)")
      let fields = try rows.compactMap { known.field(id: try $0.decode(at: 0)) }
      return (fields, try count.first?.decode(at: 0) ?? 0)
    }
  }
}
