import Foundation
import Postgres

/// The statements behind an operator's commands: cancel, retry, purge.
extension DurableStore {
  /// The rows of an operation on dead jobs.
  enum DeadJobs: Sendable {
    case single(JobID)
    /// The dead jobs of a queue: those with the given ids, or all.
    case inQueue(String, [JobID]?)

    fileprivate var condition: SQL {
      switch self {
      case .single(let id): "id = \(id)"
      case .inQueue(let queue, nil): "queue = \(queue)"
      case .inQueue(let queue, let ids?): "queue = \(queue) AND id = ANY(\(ids.map(\.uuid)))"
      }
    }
  }

  /// Removes the row of a job that is to be cancelled and writes its history.
  ///
  /// - Returns: its queue and batch; nil when the job is dead, has ended or is transient.
  static func cancel(
    _ id: JobID, now: Date, on connection: PostgresConnection
  ) async throws -> (queue: String, batch: BatchID?)? {
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM jobs WHERE id = \(id) AND state = \(literal: JobRow.State.live) RETURNING *
      ), kept AS (
        INSERT INTO job_history (\(sql: historyColumns), outcome, ended_at, expires_at, error,
          progress_done, progress_total)
        SELECT \(sql: historyColumns), 'cancelled', \(now),
          \(now) + make_interval(secs => keep_seconds), last_error, progress_done, progress_total
        FROM gone WHERE keep_seconds IS NOT NULL
        ON CONFLICT (id) DO NOTHING
      )
      SELECT queue, batch_id FROM gone
      """)
    return try rows.first.map { (try $0.decode("queue"), try $0.decode("batch_id")) }
  }

  /// Makes dead jobs live again with their attempts reset.
  ///
  /// - Parameter skippingTaken: leaves jobs dead whose unique key is taken meanwhile, instead of failing.
  /// - Returns: the rows to be pushed.
  static func revive(
    _ jobs: DeadJobs, skippingTaken: Bool, on pool: PostgresPool
  ) async throws -> [JobRow] {
    let isFree: SQL =
      skippingTaken
      ? """
       AND (unique_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs other WHERE other.name = jobs.name
          AND other.unique_key = jobs.unique_key
          AND other.state <> \(literal: JobRow.State.dead)))
      """ : ""
    let rows = try await pool.query(
      """
      UPDATE jobs SET state = \(literal: JobRow.State.live), attempt = 0, run_at = NULL, fence = 0
      WHERE state = \(literal: JobRow.State.dead) AND \(sql: jobs.condition)\(sql: isFree)
      RETURNING \(sql: JobRow.columns)
      """)
    return try rows.map { try JobRow($0) }
  }

  /// Moves a job that was given up from the history back to the jobs, with its attempts reset. Its batch has continued
  /// without it.
  ///
  /// - Returns: the row to be pushed; none when the history has no such job, or not its parameters.
  static func restore(_ id: JobID, on pool: PostgresPool) async throws -> [JobRow] {
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

  /// Makes a job that is not due yet due.
  ///
  /// - Returns: its queue; nil when no row waits for its time.
  static func hasten(_ id: JobID, now: Date, on pool: PostgresPool) async throws -> String? {
    let rows = try await pool.query(
      """
      UPDATE jobs SET run_at = \(now)
      WHERE id = \(id) AND state = \(literal: JobRow.State.live) AND run_at > \(now)
      RETURNING queue
      """)
    return try rows.first?.decode("queue")
  }

  /// Removes dead jobs and writes the history of those that keep one.
  ///
  /// - Returns: the number of jobs.
  static func purge(_ jobs: DeadJobs, now: Date, on pool: PostgresPool) async throws -> Int {
    let rows = try await pool.query(
      """
      WITH gone AS (
        DELETE FROM jobs WHERE state = \(literal: JobRow.State.dead) AND \(sql: jobs.condition)
        RETURNING *
      ), kept AS (
        INSERT INTO job_history (\(sql: historyColumns), \(sql: requestColumns), outcome, ended_at,
          expires_at, error, progress_done, progress_total)
        SELECT \(sql: historyColumns), \(sql: requestColumns), 'failed', \(now),
          \(now) + make_interval(secs => keep_seconds), last_error, progress_done, progress_total
        FROM gone WHERE keep_seconds IS NOT NULL
        ON CONFLICT (id) DO NOTHING
      )
      SELECT id FROM gone
      """)
    return rows.count
  }

  /// The columns that jobs and history share.
  static let historyColumns: SQL =
    """
    id, queue, name, attempt, max_attempts, lane_weight, unique_key, object_type, object_id, \
    created_by, created_at
    """

  /// The additional columns that are needed to retry a job that was given up.
  private static let requestColumns: SQL =
    "version, payload, timeout_ms, keep_seconds, lane, lane_limit"
}
