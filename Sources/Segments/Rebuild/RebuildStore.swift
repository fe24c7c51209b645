import Foundation
import JobQueue
import Postgres

/// The statements on `segment_rebuilds` and the rebuild columns of `segments`.
enum RebuildStore {
  /// Whether a rebuild of a segment is running.
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

  /// Whether a segment was rebuilt before with the same version of its filters.
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

  /// Returns the segment of a rebuild.
  static func segment(
    of rebuild: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      "SELECT segment_id FROM segment_rebuilds WHERE id = \(rebuild)"
    ).first?.decode(at: 0)
  }

  /// Locks and reads a running rebuild.
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

  /// Inserts a rebuild.
  static func insert(
    _ rebuild: NewRebuild, lastContact: Int64, ranges: Int, state: SegmentRebuild.State,
    error: String?, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      """
      INSERT INTO segment_rebuilds (segment_id, request, state, filters_version, definitions,
        takes_in, time_zone, excludes_visitors, instant, next_change, last_contact, limited_to,
        ranges, error, started_at, ended_at)
      VALUES (\(rebuild.segment), \(rebuild.request), \(state.rawValue)::smallint, \(rebuild.filtersVersion),
        \(try JSON(rebuild.definitions)), \(rebuild.inlinesReferences), \(rebuild.options.timeZone.identifier),
        \(rebuild.options.excludesVisitors), \(rebuild.now), \(rebuild.nextChange), \(lastContact), \(rebuild.limit),
        \(ranges)::integer, \(error), \(rebuild.now), \(state == .running ? nil : rebuild.now))
      RETURNING id
      """
    ).first?.decode(at: 0)
  }

  /// Returns the frozen inputs of a rebuild; nil if it was deleted.
  static func frozen(
    _ rebuild: Int64, on connection: PostgresConnection
  ) async throws -> PostgresRow? {
    try await connection.query(
      """
      SELECT segment_id, filters_version, definitions, takes_in, time_zone, excludes_visitors,
        instant, limited_to
      FROM segment_rebuilds WHERE id = \(rebuild)
      """
    ).first
  }

  /// Ends a rebuild.
  static func end(
    _ rebuild: Int64, _ state: SegmentRebuild.State, error: String?, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE segment_rebuilds SET state = \(state.rawValue)::smallint, ended_at = \(transaction.now),
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

  /// Counts a range of a rebuild as completed.
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

  /// Returns the number of contacts that a rebuild may still move; `.some(nil)` is unlimited.
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

  /// Returns running rebuilds begun before an instant without a job: it was cancelled or purged.
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

  /// Returns the condition that a row has an unfinished job.
  static func hasJob(_ row: SQL, _ object: String) -> SQL {
    """
    EXISTS (SELECT FROM jobs AS j WHERE j.object_type = \(object) AND j.object_id = \(sql: row).id
      AND \(sql: JobTable.isUnfinished("j")))
    """
  }

  /// Returns the segments, of those given, that have an unfinished job of a kind.
  static func waiting(
    _ segments: [Int64], for job: String, on connection: PostgresConnection
  ) async throws -> Set<Int64> {
    Set(
      try await connection.query(
        """
        SELECT object_id FROM jobs WHERE object_type = 'segment'
          AND object_id = ANY (\(segments)) AND name = \(job)
          AND \(sql: JobTable.isUnfinished())
        """
      ).map { try $0.decode(at: 0, as: Int64.self) })
  }

  /// Whether the job for the instant at which a segment is due is waiting.
  static func isWaiting(
    _ due: RebuildDueSegment, on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM jobs WHERE object_type = 'segment' AND object_id = \(due.segment)
        AND name = \(RebuildDueSegment.name) AND unique_key = \(due.key)
        AND \(sql: JobTable.isUnfinished())
      """
    ).isEmpty
  }

  // MARK: Contacts

  /// Returns the greatest contact id; 0 if there are no contacts.
  static func lastContact(on connection: PostgresConnection) async throws -> Int64 {
    try await connection.query("SELECT max(id) FROM contacts").first?.decode(
      at: 0, as: Int64?.self) ?? 0
  }

  /// Returns the greatest id of a contact that is a member by a segment's filters; 0 if there is none.
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
