import Foundation
import JobQueue
import Postgres

/// The rebuild columns of `segments`, and the requests for rebuilds.
extension RebuildStore {
  /// The properties of a segment that a beginning rebuild needs.
  struct Demand: Sendable {
    let isPublished: Bool
    let requested: Int64
    let served: Int64
  }

  /// Locks a segment and reads its numbers of requested and served rebuilds; nil if it was deleted.
  static func lockDemand(
    of segment: Int64, on connection: PostgresConnection
  ) async throws -> Demand? {
    try await connection.query(
      """
      SELECT is_published, rebuilds_requested, rebuilds_served FROM segments
      WHERE id = \(segment) FOR NO KEY UPDATE
      """
    ).first.map {
      Demand(
        isPublished: try $0.decode("is_published"), requested: try $0.decode("rebuilds_requested"),
        served: try $0.decode("rebuilds_served"))
    }
  }

  /// Locks a segment and reads the version of its filters; nil if it was deleted.
  static func lockVersion(
    of segment: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      "SELECT filters_version FROM segments WHERE id = \(segment) FOR NO KEY UPDATE"
    ).first?.decode(at: 0)
  }

  /// Locks a segment and reads its due time, in milliseconds since 1970.
  static func lockDueInstant(
    of segment: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      """
      SELECT (extract(epoch FROM rebuild_at) * 1000)::bigint FROM segments
      WHERE id = \(segment) FOR NO KEY UPDATE
      """
    ).first?.decode(at: 0, as: Int64?.self)
  }

  /// Clears the failure of a published segment with a waiting rebuild and no running one.
  static func clearFailure(of segment: Int64, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      UPDATE segments SET build_error = NULL
      WHERE id = \(segment) AND build_error IS NOT NULL AND is_published
        AND rebuilds_served < rebuilds_requested
        AND NOT EXISTS (
          SELECT FROM segment_rebuilds AS r
          WHERE r.segment_id = segments.id AND r.state = \(literal: SegmentRebuild.State.running))
      """)
  }

  /// Records why a segment could not be built.
  static func recordFailure(
    _ reason: String?, of segment: Int64, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE segments SET build_error = \(reason)
      WHERE id = \(segment) AND build_error IS DISTINCT FROM \(reason)
      """)
  }

  /// Records a complete rebuild of a segment.
  ///
  /// - Parameters:
  ///   - version: The version of the filters used.
  ///   - options: The options used.
  ///   - next: The next instant at which the calendar changes the members.
  static func recordBuild(
    of segment: Int64, version: Int64, options: SegmentOptions, seconds: Double, next: Date?,
    in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE segments SET last_built_at = \(transaction.now), last_build_seconds = \(max(0, seconds)),
        built_version = \(version), built_options = \(options.fingerprint), rebuild_at = \(next)
      WHERE id = \(segment)
      """)
  }

  /// Records that requests up to a number are served.
  ///
  /// - Returns: Whether a published segment has a later request.
  static func recordServed(
    _ request: Int64, of segment: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await connection.query(
      """
      UPDATE segments SET rebuilds_served = greatest(rebuilds_served, \(request))
      WHERE id = \(segment) RETURNING rebuilds_requested > rebuilds_served AND is_published
      """
    ).first?.decode(at: 0) ?? false
  }

  /// Returns published segments that are due, failed, never built with their current filters, built under
  /// other options, or waiting for a rebuild whose job is gone. Those in a pending run are left to it,
  /// as it may wait behind a paused queue.
  static func needing(
    _ options: SegmentOptions, now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT s.id FROM segments AS s
      WHERE s.is_published AND (s.rebuild_at <= \(now) OR s.build_error IS NOT NULL
          OR s.built_version < s.filters_version OR s.rebuilds_served < s.rebuilds_requested
          OR s.built_options IS DISTINCT FROM \(options.fingerprint))
        AND NOT EXISTS (
          SELECT FROM segment_rebuilds AS r
          WHERE r.segment_id = s.id AND r.state = \(literal: SegmentRebuild.State.running))
        AND NOT EXISTS (
          SELECT FROM jobs AS j WHERE j.object_type = 'segment' AND j.object_id = s.id
            AND j.name = \(RebuildSegment.name) AND \(sql: JobTable.isUnfinished("j")))
        AND NOT EXISTS (
          SELECT FROM segment_runs AS run
          WHERE run.ended_at IS NULL AND s.id <> ALL (run.segments)
            AND coalesce(s.id = ANY (run.only_segments), true)
            AND coalesce(s.id <> ALL (run.except_segments), true)
            AND (run.levels IS NOT NULL OR \(sql: hasJob("run", "segment_run"))))
      ORDER BY s.id
      """
    ).map { try $0.decode(at: 0) }
  }

  // MARK: Requests

  /// Counts a request for each published segment, in the order of ids.
  static func countRequests(
    of segments: [Int64], on connection: PostgresConnection
  ) async throws -> [SegmentRebuildRequest] {
    try await connection.query(
      """
      WITH locked AS MATERIALIZED (
        SELECT id FROM segments WHERE id = ANY (\(segments)) AND is_published
        ORDER BY id FOR NO KEY UPDATE
      )
      UPDATE segments SET rebuilds_requested = rebuilds_requested + 1
      FROM locked WHERE segments.id = locked.id
      RETURNING segments.id, segments.rebuilds_requested
      """
    ).map {
      SegmentRebuildRequest(segment: try $0.decode(at: 0), number: try $0.decode(at: 1))
    }
  }

  /// Returns the rebuild that served a request; nil while there is none.
  static func result(
    of request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> SegmentRebuild? {
    try await pool.query(
      """
      SELECT \(sql: SegmentRebuild.columns) FROM segment_rebuilds AS r
      WHERE r.segment_id = \(request.segment) AND r.request >= \(request.number)
        AND r.state <> \(literal: SegmentRebuild.State.running)
      ORDER BY r.state = \(literal: SegmentRebuild.State.outdated), r.id LIMIT 1
      """
    ).first.map { try SegmentRebuild($0) }
  }

  /// Whether a request is neither waiting nor running.
  static func isServed(
    _ request: SegmentRebuildRequest, on pool: PostgresPool
  ) async throws -> Bool {
    try await pool.query(
      """
      SELECT FROM segments WHERE id = \(request.segment) AND is_published
        AND rebuilds_served < \(request.number)
      """
    ).isEmpty
  }
}
