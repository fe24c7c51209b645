package import Postgres

extension ContactChanges {
  /// Returns whether marks of changed contacts are still waiting for a refresh of segments.
  ///
  /// - Throws: `PostgresError`.
  package static func arePending(on pool: PostgresPool) async throws(PostgresError) -> Bool {
    try await !pool.query("SELECT FROM contact_changes LIMIT 1").isEmpty
  }
}
