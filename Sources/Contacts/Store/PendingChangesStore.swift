package import Postgres

extension ContactChanges {
  /// Whether contacts are marked as changed and no segment has been refreshed for them yet.
  ///
  /// - Throws: `PostgresError`.
  package static func arePending(on pool: PostgresPool) async throws(PostgresError) -> Bool {
    try await !pool.query("SELECT FROM contact_changes LIMIT 1").isEmpty
  }
}
