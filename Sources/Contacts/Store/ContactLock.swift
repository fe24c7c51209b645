package import Postgres

/// Locks of contacts, always taken in the order of ids to avoid deadlocks.
package enum ContactLock {
  /// Locks contacts until the transaction ends, before related records are written.
  ///
  /// - Parameters:
  ///   - ids: Ids of contacts, in any order.
  ///   - deleting: Whether they may be deleted; in that case related records cannot be added
  ///     meanwhile.
  ///   - connection: The transaction.
  /// - Returns: The contacts that exist, in order.
  /// - Throws: `PostgresError`.
  package static func lock(
    _ ids: [Int64], deleting: Bool = false, on connection: PostgresConnection
  ) async throws(PostgresError) -> [Int64] {
    guard !ids.isEmpty else { return [] }
    let strength: SQL = deleting ? "FOR UPDATE" : "FOR NO KEY UPDATE"
    let rows = try await connection.query(
      "SELECT id FROM contacts WHERE id = ANY (\(ids)) ORDER BY id \(sql: strength)")
    var found: [Int64] = []
    found.reserveCapacity(rows.count)
    for row in rows { found.append(try row.decode(at: 0)) }
    return found
  }
}
