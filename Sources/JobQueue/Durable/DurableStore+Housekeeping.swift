import Foundation
import Postgres

extension DurableStore {
  /// Claims a slot of a periodic job. The first slot ever seen is noted and not claimed.
  ///
  /// - Returns: whether the job is to be enqueued, in the same transaction.
  static func claim(
    slot: Date, of periodic: String, on connection: PostgresConnection
  ) async throws -> Bool {
    let claimed = try await connection.query(
      """
      UPDATE periodic_jobs SET last_slot = \(slot)
      WHERE name = \(periodic) AND last_slot < \(slot)
      """)
    if claimed.affected == 1 { return true }
    try await connection.query(
      """
      INSERT INTO periodic_jobs (name, last_slot) VALUES (\(periodic), \(slot))
      ON CONFLICT (name) DO NOTHING
      """)
    return false
  }

  /// Deletes expired history, a few thousand rows at a time, so that no statement holds locks for long.
  static func deleteExpiredHistory(now: Date, on pool: PostgresPool) async throws {
    while true {
      let expired = try await pool.query(
        """
        DELETE FROM job_history WHERE id IN (
          SELECT id FROM job_history WHERE expires_at < \(now) LIMIT 5000)
        """)
      if expired.affected < 5000 { return }
    }
  }

  /// Deletes batches that ended before an instant.
  static func deleteBatches(endedBefore instant: Date, on pool: PostgresPool) async throws {
    try await pool.query("DELETE FROM job_batches WHERE ended_at < \(instant)")
  }

  /// Ends the database sessions whose locks another session waits for.
  ///
  /// - Returns: the process ids of the ended sessions.
  static func endBlockers(of session: Int32, on pool: PostgresPool) async throws -> [Int] {
    let rows = try await pool.query(
      """
      SELECT pid, pg_terminate_backend(pid) AS ended
      FROM unnest(pg_blocking_pids(\(Int(session))::integer)) AS pid
      """)
    return try rows.map { try $0.decode("pid", as: Int.self) }
  }

  /// Takes a lock on the poison of a queue for the transaction and limits waits for rows to 5 s.
  ///
  /// - Parameter key: the prefix of the queue's keys.
  /// - Returns: false when another process has the lock. Two at once would wait for each other, and mistake each other
  ///   for a hung worker.
  static func lockPoison(of key: String, on connection: PostgresConnection) async throws -> Bool {
    guard try await connection.tryLock(.jobDeaths(queue: key)) else { return false }
    try await connection.query("SET LOCAL lock_timeout = '5s'")
    return true
  }
}
