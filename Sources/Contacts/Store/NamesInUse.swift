package import Postgres

/// Keeps names from changing under those who looked many of them up before their transaction began, as
/// imports do: locking each row in each transaction would cost more than the rows that are written.
///
/// A rename or deletion takes the lock before any other, so transactions do not deadlock.
package enum NamesInUse {
  /// Holds the names of companies, the stages and the tags until the transaction ends.
  ///
  /// - Returns: Whether all of them are as they were when they were looked up.
  /// - Throws: `PostgresError`.
  package static func hold(
    companies: [(id: Int64, name: String)], stages: [Int64], tags: [Int64],
    on connection: PostgresConnection
  ) async throws -> Bool {
    guard !(companies.isEmpty && stages.isEmpty && tags.isEmpty) else { return true }
    try await connection.lockShared(.namesInUse)
    let changed = try await connection.query(
      """
      SELECT FROM unnest(\(companies.map(\.id))::bigint[], \(companies.map(\.name))::text[])
        AS k (id, name)
      WHERE NOT EXISTS (SELECT FROM companies c WHERE c.id = k.id AND c.companyname = k.name)
      UNION ALL
      SELECT FROM unnest(\(stages)::bigint[]) AS k (id)
      WHERE NOT EXISTS (SELECT FROM stages s WHERE s.id = k.id)
      UNION ALL
      SELECT FROM unnest(\(tags)::bigint[]) AS k (id)
      WHERE NOT EXISTS (SELECT FROM tags t WHERE t.id = k.id)
      LIMIT 1
      """)
    return changed.isEmpty
  }

  /// Waits until no transaction holds names, and excludes others until the transaction ends. A change of
  /// the values of companies does the same: those who hold their names associate contacts with them.
  ///
  /// - Throws: `PostgresError`.
  package static func change(on connection: PostgresConnection) async throws {
    try await connection.lock(.namesInUse)
  }
}
