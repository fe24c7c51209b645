import Postgres

extension SegmentStore {
  /// Deletes segments with their members. Locks buckets of contacts before rows of segments, as everywhere.
  static func delete(_ ids: [Int64], on connection: PostgresConnection) async throws {
    try await connection.query("SELECT lock_contact_range(0, 1023::bigint << 13)")
    try await SegmentLock.take(on: connection)
    try await connection.query(
      "SELECT FROM segments WHERE id = ANY (\(ids)) ORDER BY id FOR UPDATE")
    try await connection.query("DELETE FROM segment_members WHERE segment_id = ANY (\(ids))")
    try await connection.query("DELETE FROM segment_days WHERE segment_id = ANY (\(ids))")
    try await connection.query("DELETE FROM segment_announcements WHERE segment_id = ANY (\(ids))")
    try await connection.query("DELETE FROM segments WHERE id = ANY (\(ids))")
  }

  /// Records why segments cannot be built.
  static func recordFailure(
    _ reason: String, of ids: [Int64], on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      "UPDATE segments SET build_error = \(reason) WHERE id = ANY (\(ids))")
  }
}
