import Foundation
import Postgres

extension DurableStore {
  /// A delivery that failed.
  struct Failure: Sendable {
    var id: JobID
    var token: Int64
    /// Failures so far, this one included.
    var attempt: Int
    /// When to try again; nil: the job is dead.
    var retryAt: Date?
    var error: String
  }

  /// Records failures after which the jobs are tried again.
  static func recordRetries(
    _ failures: [Failure], now: Date, on connection: PostgresConnection
  ) async throws {
    guard !failures.isEmpty else { return }
    let sorted = failures.sorted { $0.id < $1.id }
    try await connection.query(
      """
      UPDATE jobs SET attempt = f.attempt, run_at = f.run_at, last_error = f.error,
        last_error_at = \(now)
      FROM unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[],
        \(sorted.map { Int32($0.attempt) })::integer[], \(sorted.map(\.retryAt))::timestamptz[],
        \(sorted.map(\.error))::text[]) AS f (id, token, attempt, run_at, error)
      WHERE jobs.id = f.id AND jobs.fence <= f.token AND jobs.state = 0
      """)
  }

  /// Takes a job that was given up out of history to be done once more, its attempts forgotten. Its batch
  /// has gone on without it.
  static func resume(_ id: JobID, on pool: PostgresPool) async throws -> [JobRow] {
    let rows = try await pool.query(
      """
      WITH gone AS (
        DELETE FROM job_history WHERE id = \(id) AND outcome = 'failed' AND payload IS NOT NULL
        RETURNING *
      )
      INSERT INTO jobs (id, queue, name, max_attempts, lane_weight, unique_key, object_type,
        object_id, created_by, created_at, \(sql: requestColumns))
      SELECT id, queue, name, max_attempts, lane_weight, unique_key, object_type, object_id,
        created_by, created_at, \(sql: requestColumns)
      FROM gone RETURNING \(sql: JobRow.columns)
      """)
    return try rows.map { try JobRow($0) }
  }

  /// Records deaths. Each dead job leaves its batch, which goes on without it. Returns the batches
  /// to be counted down.
  static func recordDeaths(
    _ failures: [Failure], now: Date, on connection: PostgresConnection
  ) async throws -> [BatchID] {
    guard !failures.isEmpty else { return [] }
    let sorted = failures.sorted { $0.id < $1.id }
    let rows = try await connection.query(
      """
      WITH old AS (
        SELECT jobs.id, jobs.batch_id, f.attempt, f.error
        FROM jobs JOIN unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[],
          \(sorted.map { Int32($0.attempt) })::integer[], \(sorted.map(\.error))::text[])
          AS f (id, token, attempt, error) ON jobs.id = f.id
        WHERE jobs.fence <= f.token AND jobs.state = 0
        ORDER BY jobs.id FOR UPDATE OF jobs
      )
      UPDATE jobs SET state = 2, attempt = greatest(jobs.attempt, old.attempt),
        last_error = old.error, last_error_at = \(now), batch_id = NULL, run_at = NULL
      FROM old WHERE jobs.id = old.id
      RETURNING old.batch_id
      """)
    return try rows.compactMap { try $0.decode("batch_id", as: BatchID?.self) }
  }
}
