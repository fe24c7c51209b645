import Foundation
import JobQueue
import Postgres

/// Handles ``SweepSegments``: what no event brings to an end is found by looking.
struct SweepHandler: Sendable {
  let options: SegmentOptions

  /// For how long a rebuild without jobs is left alone, seconds.
  private static let patience: TimeInterval = 60
  /// For how long ended rebuilds are remembered, seconds.
  private static let memory: TimeInterval = 7 * 86_400

  func handle(_ job: SweepSegments, _ context: JobContext) async throws {
    let now = context.clock.now
    let slot = Date(timeIntervalSince1970: TimeInterval(job.slot))
    let isDue: SQL = """
      swept_at <= \(slot.addingTimeInterval(-60 * TimeInterval(options.sweepMinutes)))
        OR swept_at > \(now)
      """
    if try await !context.client.postgres.query(
      "SELECT FROM segment_sweep WHERE \(sql: isDue)"
    ).isEmpty {
      try await endAbandoned(context, now)
      try await forget(context, now)
    }
    try await context.complete { connection, outbox in
      try await SegmentLock.take(on: connection)
      try await RebuildRun.advanceAll(now, outbox, on: connection)
      let claimed = try await connection.query(
        "UPDATE segment_sweep SET swept_at = \(slot) WHERE \(sql: isDue)")
      guard claimed.affected == 1 else { return }
      let needing = try await needing(now, on: connection)
      guard !needing.isEmpty else { return }
      _ = try await RebuildRun.open(
        except: nil, only: needing, by: nil, now: now, in: outbox, on: connection)
    }
  }

  /// Published segments that are due, failed, were never built as they are now, were built under other
  /// options, or wait for a rebuild whose job is gone. Those that a run will come to are left to it, as
  /// it may wait behind a paused queue for long.
  private func needing(
    _ now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT s.id FROM segments AS s
      WHERE s.is_published AND (s.rebuild_at <= \(now) OR s.build_error IS NOT NULL
          OR s.built_version < s.filters_version OR s.rebuilds_served < s.rebuilds_requested
          OR s.built_options IS DISTINCT FROM \(options.fingerprint))
        AND NOT EXISTS (
          SELECT FROM segment_rebuilds AS r WHERE r.segment_id = s.id AND r.state = 1)
        AND NOT EXISTS (
          SELECT FROM jobs AS j WHERE j.object_type = 'segment' AND j.object_id = s.id
            AND j.name = \(RebuildSegment.name) AND j.state = 0)
        AND NOT EXISTS (
          SELECT FROM segment_runs AS run
          WHERE run.ended_at IS NULL AND s.id <> ALL (run.segments)
            AND coalesce(s.id = ANY (run.only_segments), true)
            AND coalesce(s.id <> ALL (run.except_segments), true)
            AND (run.levels IS NOT NULL OR \(sql: Self.isDriven("run", "segment_run"))))
      ORDER BY s.id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Whether a job is there that drives a row.
  private static func isDriven(_ row: SQL, _ object: String) -> SQL {
    """
    EXISTS (SELECT FROM jobs AS j WHERE j.object_type = \(object) AND j.object_id = \(sql: row).id
      AND j.state = 0)
    """
  }

  /// Rebuilds and runs that nothing drives any more, because their jobs were cancelled or purged.
  private func endAbandoned(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
    let abandoned: [Int64] = try await context.client.postgres.query(
      """
      SELECT r.id FROM segment_rebuilds AS r
      WHERE r.state = 1 AND r.started_at < \(limit)
        AND NOT \(sql: Self.isDriven("r", "segment_rebuild"))
      """
    ).map { try $0.decode(at: 0) }
    for id in abandoned {
      try await context.transaction { connection, outbox in
        try await RebuildEnd.finish(id, now, outbox, on: connection)
      }
    }
    try await context.client.postgres.query(
      """
      UPDATE segment_runs AS run SET levels = '[]', ended_at = \(now)
      WHERE run.ended_at IS NULL AND run.levels IS NULL AND run.started_at < \(limit)
        AND NOT \(sql: Self.isDriven("run", "segment_run"))
      """)
  }

  private func forget(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.memory)
    try await context.client.postgres.pipeline([
      "DELETE FROM segment_rebuilds WHERE ended_at < \(limit)",
      "DELETE FROM segment_runs WHERE ended_at < \(limit)",
    ])
  }
}
