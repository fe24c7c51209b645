import Postgres

extension ReferenceKind {
  /// The names of records by id; records that do not exist are left out.
  func names(of ids: [Int64], on connection: PostgresConnection) async throws -> [Int64: String] {
    guard !ids.isEmpty, try await isInstalled(on: connection) else { return [:] }
    let rows = try await connection.query(
      """
      SELECT id, \(identifier: place.column)::text FROM \(identifier: place.table)
      WHERE id = ANY (\(ids)) AND \(identifier: place.column) IS NOT NULL
      """)
    var names: [Int64: String] = [:]
    for row in rows { names[try row.decode(at: 0)] = try row.decode(at: 1) }
    return names
  }

  /// The ids of records by name; of several of one name the oldest.
  func ids(of names: [String], on connection: PostgresConnection) async throws -> [String: Int64] {
    guard !names.isEmpty, try await isInstalled(on: connection) else { return [:] }
    let isThere: SQL = self == .campaign ? "deleted_at IS NULL" : "true"
    let rows = try await connection.query(
      """
      SELECT \(identifier: place.column)::text, min(id) FROM \(identifier: place.table)
      WHERE \(identifier: place.column)::text = ANY (\(names)) AND \(sql: isThere) GROUP BY 1
      """)
    var ids: [String: Int64] = [:]
    for row in rows { ids[try row.decode(at: 0)] = try row.decode(at: 1) }
    return ids
  }

  private func isInstalled(on connection: PostgresConnection) async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT FROM pg_attribute WHERE attrelid = to_regclass(\(place.table)) AND attname = \(place.column)
      """)
    return !rows.isEmpty
  }
}
