import Foundation
import JobQueue
import Postgres

/// The statements on `segment_runs`, and on the time of the last sweep.
enum RunStore {
  /// Inserts a run.
  static func insert(
    except: [Int64]?, only: [Int64]?, by user: Int64?, in transaction: Transaction
  ) async throws -> Int64? {
    try await transaction.query(
      """
      INSERT INTO segment_runs (except_segments, only_segments, created_by, started_at)
      VALUES (\(except), \(only), \(user), \(transaction.now)) RETURNING id
      """
    ).first?.decode(at: 0)
  }

  /// Locks a run that has not begun and reads its segments.
  static func lockNew(
    _ run: Int64, on connection: PostgresConnection
  ) async throws -> (except: [Int64]?, only: [Int64]?)? {
    try await connection.query(
      """
      SELECT except_segments, only_segments FROM segment_runs
      WHERE id = \(run) AND ended_at IS NULL AND levels IS NULL FOR UPDATE
      """
    ).first.map { (try $0.decode("except_segments"), try $0.decode("only_segments")) }
  }

  /// Locks the running runs that satisfy a condition, and reads their remaining levels.
  static func lockRunning(
    where condition: SQL, on connection: PostgresConnection
  ) async throws -> [(id: Int64, levels: JSON)] {
    try await connection.query(
      """
      SELECT id, levels FROM segment_runs
      WHERE ended_at IS NULL AND levels IS NOT NULL AND \(sql: condition) ORDER BY id FOR UPDATE
      """
    ).map { (try $0.decode("id"), try $0.decode("levels")) }
  }

  /// Whether a run waits for a rebuild of a published segment.
  static func isWaiting(_ run: Int64, on connection: PostgresConnection) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM segment_runs AS run
        CROSS JOIN LATERAL unnest(run.segments, run.requests) AS asked (segment_id, request)
        JOIN segments AS s ON s.id = asked.segment_id
      WHERE run.id = \(run) AND s.id = ANY (run.waiting) AND s.is_published
        AND s.rebuilds_served < asked.request
      LIMIT 1
      """
    ).isEmpty
  }

  /// Records the segments that a run waits for, and its remaining levels.
  static func advance(
    _ run: Int64, to requests: [SegmentRebuildRequest], remaining levels: JSON,
    on connection: PostgresConnection
  ) async throws {
    let segments = requests.map(\.segment)
    try await connection.query(
      """
      UPDATE segment_runs SET levels = \(levels),
        segments = segments || \(segments), requests = requests || \(requests.map(\.number)),
        waiting = \(segments)
      WHERE id = \(run)
      """)
  }

  /// Ends a run.
  static func end(_ run: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE segment_runs SET levels = '[]', waiting = '{}', ended_at = \(transaction.now) WHERE id = \(run)
      """)
  }

  /// Whether a run has ended, or does not exist.
  static func hasEnded(_ run: Int64, on pool: PostgresPool) async throws -> Bool {
    try await pool.query("SELECT FROM segment_runs WHERE id = \(run) AND ended_at IS NULL").isEmpty
  }

  /// Returns the rebuilds of a run so far, in the order in which they were requested.
  static func rebuilds(of run: Int64, on pool: PostgresPool) async throws -> [SegmentRebuild] {
    try await pool.query(
      """
      SELECT \(sql: SegmentRebuild.columns)
      FROM segment_runs AS runs
        CROSS JOIN LATERAL unnest(runs.segments, runs.requests) WITH ORDINALITY
          AS asked (segment_id, request, place)
        CROSS JOIN LATERAL (
          SELECT * FROM segment_rebuilds AS one
          WHERE one.segment_id = asked.segment_id AND one.request >= asked.request
          ORDER BY one.state = \(literal: SegmentRebuild.State.outdated), one.id LIMIT 1
        ) AS r
      WHERE runs.id = \(run) ORDER BY asked.place
      """
    ).map { try SegmentRebuild($0) }
  }

  /// Ends the runs that never began and have no job: it was cancelled or purged.
  static func endAbandoned(since limit: Date, now: Date, on pool: PostgresPool) async throws {
    try await pool.query(
      """
      UPDATE segment_runs AS run SET levels = '[]', ended_at = \(now)
      WHERE run.ended_at IS NULL AND run.levels IS NULL AND run.started_at < \(limit)
        AND NOT \(sql: RebuildStore.hasJob("run", "segment_run"))
      """)
  }

  /// Deletes rebuilds and runs that ended before an instant.
  static func deleteEnded(before limit: Date, on pool: PostgresPool) async throws {
    try await pool.pipeline([
      "DELETE FROM segment_rebuilds WHERE ended_at < \(limit)",
      "DELETE FROM segment_runs WHERE ended_at < \(limit)",
    ])
  }

  /// The condition that the last sweep was before an instant or, by another clock, after now.
  static func isSweepDue(_ isDue: SQL, on pool: PostgresPool) async throws -> Bool {
    try await !pool.query("SELECT FROM segment_sweep WHERE \(sql: isDue)").isEmpty
  }

  /// Records the time of a sweep.
  ///
  /// - Returns: Whether no other process has done so meanwhile.
  static func claimSweep(
    _ slot: Date, _ isDue: SQL, on connection: PostgresConnection
  ) async throws -> Bool {
    try await connection.query(
      "UPDATE segment_sweep SET swept_at = \(slot) WHERE \(sql: isDue)"
    ).affected == 1
  }
}
