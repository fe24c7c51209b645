import Foundation
import Postgres

extension DurableStore {
  /// A delivery whose job ends with success.
  struct Ending: Sendable {
    var id: JobID
    /// The delivery's token: a row fenced by a greater one belongs to another delivery.
    var token: Int64
    /// Whether the job leaves a row in the history.
    var keeps: Bool
    var startedAt: Date
    var result: String?
    var progress: JobProgress?
  }

  /// A job whose row was removed.
  struct EndedJob: Sendable {
    var id: JobID
    /// The batch to be counted down at the end of the transaction.
    var batch: BatchID?
  }

  /// Removes a job's row, which locks it.
  ///
  /// - Returns: nil when the job is no longer the delivery's.
  static func end(
    _ ending: Ending, now: Date, on connection: PostgresConnection
  ) async throws -> EndedJob? {
    guard !ending.keeps else { return try await end([ending], now: now, on: connection).first }
    let rows = try await connection.query(
      """
      DELETE FROM jobs WHERE id = \(ending.id) AND fence <= \(ending.token)
        AND state = \(literal: JobRow.State.live)
      RETURNING id, batch_id
      """)
    return try rows.first.map { try EndedJob($0) }
  }

  /// Removes the rows of jobs, which locks them, and writes the history of those that keep one.
  ///
  /// - Returns: the jobs that were still their deliveries'.
  static func end(
    _ endings: [Ending], now: Date, on connection: PostgresConnection
  ) async throws -> [EndedJob] {
    guard !endings.isEmpty else { return [] }
    guard endings.contains(where: \.keeps) else {
      return try await connection.query(removal(of: endings)).map { try EndedJob($0) }
    }
    let sorted = endings.sorted { $0.id < $1.id }
    let rows = try await connection.query(
      """
      WITH gone AS (
        DELETE FROM jobs USING
          unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[],
            \(sorted.map(\.startedAt))::timestamptz[], \(sorted.map(\.result))::text[],
            \(sorted.map { $0.progress?.done })::bigint[],
            \(sorted.map { $0.progress?.total })::bigint[])
          AS e (id, token, started, result, done, total)
        WHERE jobs.id = e.id AND jobs.fence <= e.token AND jobs.state = \(literal: JobRow.State.live)
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
    return try rows.map { try EndedJob($0) }
  }

  /// Removes the rows of jobs that leave no history, in a single statement. Jobs of a batch are skipped.
  ///
  /// - Returns: the jobs that were removed.
  static func removeUnbatched(_ endings: [Ending], on pool: PostgresPool) async throws -> Set<JobID>
  {
    let rows = try await pool.query(removal(of: endings, unbatchedOnly: true))
    return Set(try rows.map { try $0.decode("id") })
  }

  /// The statement that removes rows. One order of ids for all, so that two workers that remove overlapping sets cannot
  /// deadlock.
  private static func removal(of endings: [Ending], unbatchedOnly: Bool = false) -> SQL {
    let sorted = endings.sorted { $0.id < $1.id }
    let further: SQL = unbatchedOnly ? " AND jobs.batch_id IS NULL" : ""
    return """
      DELETE FROM jobs
      USING unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[])
        AS e (id, token)
      WHERE jobs.id = e.id AND jobs.fence <= e.token
        AND jobs.state = \(literal: JobRow.State.live)\(sql: further)
      RETURNING jobs.id, jobs.batch_id
      """
  }

  /// Raises the job's fence to the delivery's token and locks the row until the transaction ends.
  ///
  /// - Returns: false when the job is no longer the delivery's.
  static func fence(
    _ id: JobID, token: Int64, progress: JobProgress?, on connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query(
      """
      UPDATE jobs SET fence = \(token),
        progress_done = coalesce(\(progress?.done), progress_done),
        progress_total = coalesce(\(progress?.total), progress_total)
      WHERE id = \(id) AND fence <= \(token) AND state = \(literal: JobRow.State.live)
      """)
    return rows.affected == 1
  }
}

extension DurableStore.EndedJob {
  fileprivate init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    batch = try row.decode("batch_id")
  }
}
