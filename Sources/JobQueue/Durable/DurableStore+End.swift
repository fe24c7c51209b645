import Foundation
import Postgres

extension DurableStore {
  /// A delivery whose job's effect is being applied.
  struct Ending: Sendable {
    var id: JobID
    /// The delivery's token: a row fenced by a greater one is another's.
    var token: Int64
    var keeps: Bool
    var startedAt: Date
    var result: String?
    var progress: JobProgress?
  }

  /// Removes the job's row, which locks it. Returns nil when the job is no longer the delivery's;
  /// otherwise its batch, to be counted down at the end of the transaction.
  static func end(
    _ ending: Ending, now: Date, on connection: PostgresConnection
  ) async throws -> BatchID?? {
    if !ending.keeps {
      let rows = try await connection.query(
        """
        DELETE FROM jobs WHERE id = \(ending.id) AND fence <= \(ending.token) AND state = 0
        RETURNING batch_id
        """)
      return try rows.first.map { try $0.decode("batch_id") }
    }
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM jobs WHERE id = \(ending.id) AND fence <= \(ending.token) AND state = 0
        RETURNING *
      ), kept AS (
        INSERT INTO job_history (\(sql: historyColumns), outcome, started_at, ended_at, expires_at,
          result, progress_done, progress_total, error)
        SELECT \(sql: historyColumns), 'succeeded', \(ending.startedAt), \(now),
          \(now) + make_interval(secs => keep_seconds), \(ending.result),
          coalesce(\(ending.progress?.done), progress_done),
          coalesce(\(ending.progress?.total), progress_total), NULL
        FROM gone WHERE keep_seconds IS NOT NULL
        ON CONFLICT (id) DO NOTHING
      )
      SELECT batch_id FROM gone
      """)
    return try rows.first.map { try $0.decode("batch_id") }
  }

  static let historyColumns: SQL =
    """
    id, queue, name, attempt, max_attempts, lane_weight, unique_key, object_type, object_id, \
    created_by, created_at
    """

  /// What history keeps besides of a job that was given up.
  static let requestColumns: SQL = "version, payload, timeout_ms, keep_seconds, lane, lane_limit"

  /// Removes the rows of many jobs. Returns those that were there, with their batches.
  static func end(
    _ endings: [Ending], now: Date, on connection: PostgresConnection
  ) async throws -> [(JobID, BatchID?)] {
    // One order for all, so that two workers that remove overlapping sets cannot deadlock.
    let sorted = endings.sorted { $0.id < $1.id }
    let list: SQL = """
      unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[],
        \(sorted.map(\.startedAt))::timestamptz[], \(sorted.map(\.result))::text[],
        \(sorted.map { $0.progress?.done })::bigint[], \(sorted.map { $0.progress?.total })::bigint[])
        AS e (id, token, started, result, done, total)
      """
    let rows: PostgresRows
    if sorted.contains(where: \.keeps) {
      rows = try await connection.query(
        """
        WITH gone AS (
          DELETE FROM jobs USING \(sql: list)
          WHERE jobs.id = e.id AND jobs.fence <= e.token AND jobs.state = 0
          RETURNING jobs.*, e.started, e.result, e.done, e.total
        ), kept AS (
          INSERT INTO job_history (\(sql: historyColumns), outcome, started_at, ended_at,
            expires_at, result, progress_done, progress_total)
          SELECT \(sql: historyColumns), 'succeeded', started, \(now),
            \(now) + make_interval(secs => keep_seconds), result,
            coalesce(done, progress_done), coalesce(total, progress_total)
          FROM gone WHERE keep_seconds IS NOT NULL
          ON CONFLICT (id) DO NOTHING
        )
        SELECT id, batch_id FROM gone
        """)
    } else {
      rows = try await connection.query(
        """
        DELETE FROM jobs
        USING unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[])
          AS e (id, token)
        WHERE jobs.id = e.id AND jobs.fence <= e.token AND jobs.state = 0
        RETURNING jobs.id, jobs.batch_id
        """)
    }
    return try rows.map { (try $0.decode("id"), try $0.decode("batch_id")) }
  }

  /// Raises the job's fence to the delivery's token and locks the row until the transaction ends.
  /// Returns false when the job is no longer the delivery's.
  static func fence(
    _ id: JobID, token: Int64, progress: JobProgress?, on connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query(
      """
      UPDATE jobs SET fence = \(token),
        progress_done = coalesce(\(progress?.done), progress_done),
        progress_total = coalesce(\(progress?.total), progress_total)
      WHERE id = \(id) AND fence <= \(token) AND state = 0
      """)
    return rows.affected == 1
  }

  /// Whether the job's row is still there to be done: asked before a delivery runs that may be a
  /// repetition.
  static func live(_ ids: [JobID], on pool: PostgresPool) async throws -> Set<JobID> {
    let rows = try await pool.query(
      "SELECT id FROM jobs WHERE id = ANY(\(ids.map(\.uuid))) AND state = 0")
    return Set(try rows.map { try $0.decode("id") })
  }
}
