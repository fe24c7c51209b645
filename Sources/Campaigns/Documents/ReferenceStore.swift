import Postgres

extension ReferenceKind {
  /// Returns the names of records by id; missing records are left out.
  func names(of ids: [Int64], on connection: PostgresConnection) async throws -> [Int64: String] {
    guard !ids.isEmpty, try await isInstalled(on: connection) else { return [:] }
    let rows = try await connection.query(
      """
      SELECT id, \(identifier: location.column)::text FROM \(identifier: location.table)
      WHERE id = ANY (\(ids)) AND \(identifier: location.column) IS NOT NULL
      """)
    var names: [Int64: String] = [:]
    for row in rows { names[try row.decode(at: 0)] = try row.decode(at: 1) }
    return names
  }

  /// Returns records with the name that identifies them and the one that people read, by id; missing records are left
  /// out.
  func records(
    of ids: [Int64], on connection: PostgresConnection
  ) async throws -> [(id: Int64, name: String, label: String)] {
    guard !ids.isEmpty, try await isInstalled(on: connection) else { return [] }
    return try await connection.query(
      """
      SELECT id, \(identifier: location.column)::text AS name, \(identifier: label)::text AS label
      FROM \(identifier: location.table)
      WHERE id = ANY (\(ids)) AND \(identifier: location.column) IS NOT NULL ORDER BY id
      """
    ).map { (try $0.decode("id"), try $0.decode("name"), try $0.decode("label")) }
  }

  /// Returns the ids of records by name; for duplicates the oldest.
  func ids(of names: [String], on connection: PostgresConnection) async throws -> [String: Int64] {
    guard !names.isEmpty, try await isInstalled(on: connection) else { return [:] }
    let isThere: SQL = self == .campaign ? "deleted_at IS NULL" : "true"
    let rows = try await connection.query(
      """
      SELECT \(identifier: location.column)::text, min(id) FROM \(identifier: location.table)
      WHERE \(identifier: location.column)::text = ANY (\(names)) AND \(sql: isThere) GROUP BY 1
      """)
    var ids: [String: Int64] = [:]
    for row in rows { ids[try row.decode(at: 0)] = try row.decode(at: 1) }
    return ids
  }

  private func isInstalled(on connection: PostgresConnection) async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT FROM pg_attribute WHERE attrelid = to_regclass(\(location.table)) AND attname = \(location.column)
      """)
    return !rows.isEmpty
  }
}
