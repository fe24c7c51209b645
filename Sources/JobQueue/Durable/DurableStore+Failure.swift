import Foundation
import Postgres

extension DurableStore {
  /// A delivery that failed.
  struct Failure: Sendable {
    var id: JobID
    var token: Int64
    /// Failures so far, this one included.
    var attempt: Int
    /// The instant of the next attempt; nil when the job is dead.
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
      WHERE jobs.id = f.id AND jobs.fence <= f.token AND jobs.state = \(literal: JobRow.State.live)
      """)
  }

  /// Marks jobs as dead. Each leaves its batch, which continues without it.
  ///
  /// - Returns: the batches to be counted down, once for each job.
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
        WHERE jobs.fence <= f.token AND jobs.state = \(literal: JobRow.State.live)
        ORDER BY jobs.id FOR UPDATE OF jobs
      )
      UPDATE jobs SET state = \(literal: JobRow.State.dead), attempt = greatest(jobs.attempt, old.attempt),
        last_error = old.error, last_error_at = \(now), batch_id = NULL, run_at = NULL
      FROM old WHERE jobs.id = old.id
      RETURNING old.batch_id
      """)
    return try rows.compactMap { try $0.decode("batch_id", as: BatchID?.self) }
  }
}
