import Foundation
import Postgres

extension DurableStore {
  /// The given jobs that are not done yet; queried before a delivery runs that may be a repetition.
  static func live(_ ids: [JobID], on pool: PostgresPool) async throws -> Set<JobID> {
    let rows = try await pool.query(
      """
      SELECT id FROM jobs WHERE id = ANY(\(ids.map(\.uuid)))
        AND state = \(literal: JobRow.State.live)
      """)
    return Set(try rows.map { try $0.decode("id") })
  }

  /// The rows of jobs that are not done yet, ordered by id.
  static func liveRows(_ ids: some Collection<JobID>, on pool: PostgresPool) async throws
    -> [JobRow]
  {
    let rows = try await pool.query(
      """
      SELECT \(sql: JobRow.columns) FROM jobs
      WHERE id = ANY(\(ids.map(\.uuid))) AND state = \(literal: JobRow.State.live)
      ORDER BY id
      """)
    return try rows.map { try JobRow($0) }
  }

  /// A page of the jobs that are not done yet, with their queues, those after `id`, ordered by id.
  static func livePage(
    after id: JobID, limit: Int, on pool: PostgresPool
  ) async throws -> [(id: JobID, queue: String)] {
    let rows = try await pool.query(
      """
      SELECT id, queue FROM jobs WHERE id > \(id) AND state = \(literal: JobRow.State.live)
      ORDER BY id LIMIT \(limit)
      """)
    return try rows.map { (try $0.decode("id"), try $0.decode("queue")) }
  }

  /// Whether a job is due, or waits for another attempt.
  static func hasWork(now: Date, on pool: PostgresPool) async throws -> Bool {
    let rows = try await pool.query(
      """
      SELECT 1 AS one FROM jobs
      WHERE state = \(literal: JobRow.State.live)
        AND (run_at IS NULL OR run_at <= \(now) OR attempt > 0)
      LIMIT 1
      """)
    return !rows.isEmpty
  }

  /// The number of dead jobs by queue; queues without any are left out.
  static func deadCounts(on pool: PostgresPool) async throws -> [String: Int] {
    let rows = try await pool.query(
      """
      SELECT queue, count(*) AS n FROM jobs WHERE state = \(literal: JobRow.State.dead)
      GROUP BY queue
      """)
    var counts: [String: Int] = [:]
    for row in rows { counts[try row.decode("queue")] = try row.decode("n") }
    return counts
  }

  /// Returns when PostgreSQL answers.
  static func ping(_ pool: PostgresPool) async throws { _ = try await pool.query("SELECT 1") }
}
