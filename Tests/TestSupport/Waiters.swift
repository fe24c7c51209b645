public import Postgres

/// Waits until `count` sessions of the database wait for a lock; false if they never do.
public func someWait(_ count: Int, _ pool: PostgresPool) async throws -> Bool {
  try await eventually {
    try await pool.query(
      """
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """
    ).count >= count
  }
}
