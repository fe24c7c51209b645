import Foundation
import JobQueue
import Postgres

/// How rebuilds end, and what follows.
enum RebuildEnd {
  /// Ends a rebuild whose ranges have ended. The transaction holds no lock but its job's yet.
  static func finish(
    _ id: Int64, _ now: Date, _ outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    try await SegmentLock.take(on: connection)
    // Segment before rebuild, as everywhere.
    let found = try await connection.query(
      "SELECT segment_id FROM segment_rebuilds WHERE id = \(id)")
    guard let segment: Int64 = try found.first?.decode(at: 0) else { return }
    let version: Int64? = try await connection.query(
      "SELECT filters_version FROM segments WHERE id = \(segment) FOR NO KEY UPDATE"
    ).first?.decode(at: 0)
    let rows = try await connection.query(
      """
      SELECT request, filters_version, ranges, ranges_done, error, limited_to, next_change,
        time_zone, excludes_visitors, started_at
      FROM segment_rebuilds WHERE id = \(id) AND state = 1 FOR UPDATE
      """)
    guard let row = rows.first else { return }
    var error: String? = try row.decode("error")
    let isOutdated = try version != row.decode("filters_version", as: Int64.self)
    if error == nil, try row.decode("ranges", as: Int.self) > row.decode("ranges_done") {
      error = "some contacts could not be looked at"
    }
    let state: SegmentRebuild.State = isOutdated ? .outdated : error == nil ? .done : .failed
    try await connection.query(
      """
      UPDATE segment_rebuilds SET state = \(state.rawValue)::smallint, ended_at = \(now),
        error = \(state == .failed ? error : nil)
      WHERE id = \(id)
      """)
    switch state {
    case .done where try row.isNull("limited_to"):
      try await complete(row, segment, now, outbox, on: connection)
    case .failed:
      try await connection.query(
        "UPDATE segments SET build_error = \(error) WHERE id = \(segment)")
    case .done, .running, .outdated: break
    }
    try await serve(segment, try row.decode("request"), now, outbox, on: connection)
  }

  /// Only a complete rebuild counts as one (SEG-73).
  private static func complete(
    _ row: PostgresRow, _ segment: Int64, _ now: Date, _ outbox: JobOutbox,
    on connection: PostgresConnection
  ) async throws {
    let options = SegmentOptions(
      timeZone: TimeZone(identifier: try row.decode("time_zone")) ?? .gmt,
      excludesVisitors: try row.decode("excludes_visitors"))
    let next: Date? = try row.decode("next_change")
    let seconds = now.timeIntervalSince(try row.decode("started_at"))
    try await connection.query(
      """
      UPDATE segments SET last_built_at = \(now), last_build_seconds = \(max(0, seconds)),
        built_version = \(try row.decode("filters_version", as: Int64.self)),
        built_options = \(options.fingerprint), rebuild_at = \(next)
      WHERE id = \(segment)
      """)
    if let next {
      let due = RebuildDueSegment(segment: segment, at: next)
      // One that is there waits for the segment's row, if it runs already, and sees what stands there then.
      let waits = try await connection.query(
        """
        SELECT FROM jobs WHERE object_type = 'segment' AND object_id = \(segment)
          AND name = \(RebuildDueSegment.name) AND unique_key = \(due.key) AND state = 0
        """)
      if waits.isEmpty { try outbox.add(due, due.options) }
    }
  }

  /// A rebuild that cannot begin: members stay as they are, the reason is recorded (SEG-85, SEG-86).
  static func refused(
    _ rebuild: NewRebuild, _ reason: String, _ outbox: JobOutbox,
    on connection: PostgresConnection
  ) async throws {
    _ = try await rebuild.insert(state: .failed, error: reason, on: connection)
    try await connection.query(
      """
      UPDATE segments SET build_error = \(reason)
      WHERE id = \(rebuild.segment) AND build_error IS DISTINCT FROM \(reason)
      """)
    try await served(rebuild, outbox, on: connection)
  }

  /// A request that no rebuild follows.
  static func served(
    _ rebuild: NewRebuild, _ outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    try await serve(rebuild.segment, rebuild.request, rebuild.now, outbox, on: connection)
  }

  /// Requests up to a number are served. Those that came meanwhile get a rebuild of their own, and runs that
  /// waited for this one go on.
  private static func serve(
    _ segment: Int64, _ request: Int64, _ now: Date, _ outbox: JobOutbox,
    on connection: PostgresConnection
  ) async throws {
    let rows = try await connection.query(
      """
      UPDATE segments SET rebuilds_served = greatest(rebuilds_served, \(request))
      WHERE id = \(segment) RETURNING rebuilds_requested > rebuilds_served AND is_published
      """)
    if try rows.first?.decode(at: 0) ?? false {
      try await SegmentRebuilds.enqueue(
        [RebuildSegment(segment: segment)], in: outbox, on: connection)
    }
    try await RebuildRun.advance(after: segment, now, outbox, on: connection)
  }
}
