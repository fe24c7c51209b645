import Foundation
import JobQueue
import Postgres

/// Rebuilds of segments in the database: `segment_rebuilds`, and the columns of `segments` that follow them.
enum RebuildStore {
  // MARK: Segments

  /// What a rebuild that begins has to know of its segment.
  struct Demand: Sendable {
    let isPublished: Bool
    let requested: Int64
    let served: Int64
  }

  /// Locks a segment and reads how many rebuilds were asked for and served; nil where it was deleted.
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

  /// Locks a segment and reads the version of its filters; nil where it was deleted.
  static func lockVersion(
    of segment: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      "SELECT filters_version FROM segments WHERE id = \(segment) FOR NO KEY UPDATE"
    ).first?.decode(at: 0)
  }

  /// Locks a segment and reads when it is due, in milliseconds since 1970.
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

  /// Clears the failure of a published segment for which a rebuild waits and none runs.
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
  ///   - version: The version of the filters that it went by.
  ///   - options: The options that it went by.
  ///   - next: When the calendar next changes the members.
  static func recordBuild(
    of segment: Int64, version: Int64, options: SegmentOptions, seconds: Double, next: Date?,
    now: Date, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE segments SET last_built_at = \(now), last_build_seconds = \(max(0, seconds)),
        built_version = \(version), built_options = \(options.fingerprint), rebuild_at = \(next)
      WHERE id = \(segment)
      """)
  }

  /// Records that requests up to a number are served.
  ///
  /// - Returns: Whether a later request of a published segment waits.
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

  /// Published segments that are due, failed, were never built as they are now, were built under other
  /// options, or wait for a rebuild whose job is gone. Those that a run will come to are left to it, as
  /// it may wait behind a paused queue for long.
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
            AND j.name = \(RebuildSegment.name) AND j.state = 0)
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

  // MARK: Rebuilds

  /// Whether a rebuild of a segment is under way.
  static func isRunning(
    _ segment: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM segment_rebuilds
      WHERE segment_id = \(segment) AND state = \(literal: SegmentRebuild.State.running)
      """
    ).isEmpty
  }

  /// Whether a segment was rebuilt before by the same version of its filters.
  static func wasBuilt(
    _ segment: Int64, version: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM segment_rebuilds
      WHERE segment_id = \(segment) AND filters_version = \(version) LIMIT 1
      """
    ).isEmpty
  }

  /// The segment of a rebuild.
  static func segment(
    of rebuild: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      "SELECT segment_id FROM segment_rebuilds WHERE id = \(rebuild)"
    ).first?.decode(at: 0)
  }

  /// Locks a rebuild that is under way and reads it.
  static func lockRunning(
    _ rebuild: Int64, on connection: PostgresConnection
  ) async throws -> PostgresRow? {
    try await connection.query(
      """
      SELECT request, filters_version, ranges, ranges_done, error, limited_to, next_change,
        time_zone, excludes_visitors, started_at
      FROM segment_rebuilds
      WHERE id = \(rebuild) AND state = \(literal: SegmentRebuild.State.running) FOR UPDATE
      """
    ).first
  }

  /// Ends a rebuild.
  static func end(
    _ rebuild: Int64, _ state: SegmentRebuild.State, error: String?, now: Date,
    on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE segment_rebuilds SET state = \(state.rawValue)::smallint, ended_at = \(now),
        error = \(error)
      WHERE id = \(rebuild)
      """)
  }

  /// Records why a rebuild cannot succeed, unless a reason is known already.
  static func fail(
    _ rebuild: Int64, _ reason: String, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      "UPDATE segment_rebuilds SET error = \(reason) WHERE id = \(rebuild) AND error IS NULL")
  }

  /// Counts a range of a rebuild as done.
  static func addRange(
    to rebuild: Int64, added: Int, removed: Int, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE segment_rebuilds SET ranges_done = ranges_done + 1, added = added + \(added),
        removed = removed + \(removed)
      WHERE id = \(rebuild)
      """)
  }

  /// The contacts that a rebuild may still move; `.some(nil)` is any number.
  ///
  /// - Parameter isLimited: Whether the number is limited: then ranges take turns.
  /// - Returns: nil when the rebuild has ended or failed, or the filters were edited.
  static func allowance(
    of rebuild: Int64, isLimited: Bool, on connection: PostgresConnection
  ) async throws -> Int?? {
    let lock: SQL = isLimited ? "FOR UPDATE OF r" : ""
    let rows = try await connection.query(
      """
      SELECT r.limited_to - r.added - r.removed FROM segment_rebuilds AS r
        JOIN segments AS s ON s.id = r.segment_id AND s.filters_version = r.filters_version
      WHERE r.id = \(rebuild) AND r.state = \(literal: SegmentRebuild.State.running)
        AND r.error IS NULL \(sql: lock)
      """)
    guard let row = rows.first else { return nil }
    return .some(try row.decode(at: 0, as: Int?.self))
  }

  /// Rebuilds under way that began before an instant and have no job left: it was cancelled or purged.
  static func abandoned(since limit: Date, on pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT r.id FROM segment_rebuilds AS r
      WHERE r.state = \(literal: SegmentRebuild.State.running) AND r.started_at < \(limit)
        AND NOT \(sql: hasJob("r", "segment_rebuild"))
      """
    ).map { try $0.decode(at: 0) }
  }

  // MARK: Jobs

  /// Whether an unfinished job is about a row.
  static func hasJob(_ row: SQL, _ object: String) -> SQL {
    """
    EXISTS (SELECT FROM jobs AS j WHERE j.object_type = \(object) AND j.object_id = \(sql: row).id
      AND j.state = 0)
    """
  }

  /// The segments among some that an unfinished job of a kind is about.
  static func waiting(
    _ segments: [Int64], for job: String, on connection: PostgresConnection
  ) async throws -> Set<Int64> {
    Set(
      try await connection.query(
        """
        SELECT object_id FROM jobs WHERE object_type = 'segment'
          AND object_id = ANY (\(segments)) AND name = \(job) AND state = 0
        """
      ).map { try $0.decode(at: 0, as: Int64.self) })
  }

  /// Whether the job for the instant at which a segment is due waits.
  static func isWaiting(
    _ due: RebuildDueSegment, on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM jobs WHERE object_type = 'segment' AND object_id = \(due.segment)
        AND name = \(RebuildDueSegment.name) AND unique_key = \(due.key) AND state = 0
      """
    ).isEmpty
  }

  // MARK: Contacts

  /// The greatest id of a contact; 0 where there is none.
  static func lastContact(on connection: PostgresConnection) async throws -> Int64 {
    try await connection.query("SELECT max(id) FROM contacts").first?.decode(
      at: 0, as: Int64?.self) ?? 0
  }

  /// The greatest id of a contact that a segment's filters hold; 0 where there is none.
  static func lastFilteredMember(
    of segment: Int64, on connection: PostgresConnection
  ) async throws -> Int64 {
    try await connection.query(
      """
      SELECT max(contact_id) FROM segment_members
      WHERE segment_id = \(segment) AND NOT manually_added AND NOT manually_removed
      """
    ).first?.decode(at: 0, as: Int64?.self) ?? 0
  }
}
