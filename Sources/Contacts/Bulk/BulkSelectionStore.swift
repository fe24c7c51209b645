import Postgres

/// Queries for the contacts of bulk actions.
enum BulkSelectionStore {
  /// Returns the next contacts that meet a condition, in the order of their ids.
  static func next(
    _ limit: Int, after last: Int64, upTo highest: Int64, where condition: SQL,
    on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT id FROM contacts WHERE id > \(last) AND id <= \(highest) AND (\(sql: condition))
      ORDER BY id LIMIT \(limit)
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns those of the given contacts that meet a condition, in the order of their ids.
  static func filter(
    _ contacts: [Int64], where condition: SQL, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      "SELECT id FROM contacts WHERE id = ANY (\(contacts)) AND (\(sql: condition)) ORDER BY id"
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the number of contacts that meet a condition.
  static func count(where condition: SQL, on connection: PostgresConnection) async throws -> Int {
    try await connection.query("SELECT count(*) FROM contacts WHERE \(sql: condition)")
      .first?.decode(at: 0) ?? 0
  }

  /// Up to a number of contacts that meet a condition.
  static func contacts(
    where condition: SQL, limit: Int, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query("SELECT id FROM contacts WHERE \(sql: condition) LIMIT \(limit)")
      .map { try $0.decode(at: 0) }
  }
}
