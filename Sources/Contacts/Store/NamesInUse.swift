package import Postgres

/// Locks names against changes while transactions use many names that were looked up before they
/// began, as imports do: locking each row in each transaction would cost more than writing the
/// rows.
///
/// Renames and deletions take the lock before any other, to avoid deadlocks.
package enum NamesInUse {
  /// Locks the names of companies, stages and tags until the transaction ends.
  ///
  /// - Returns: Whether all of them are still as they were looked up.
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

  /// Waits until no transaction uses names, and excludes others until the transaction ends. Changes
  /// of company values take this lock too, since the transactions that use company names add
  /// contacts to those companies.
  ///
  /// - Throws: `PostgresError`.
  package static func change(on connection: PostgresConnection) async throws {
    try await connection.lock(.namesInUse)
  }
}
