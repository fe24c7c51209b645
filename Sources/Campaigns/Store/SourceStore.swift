import Foundation
import Postgres
import Segments

/// Compares members of one campaign with its source segments.
struct SourceStore {
  let connection: PostgresConnection
  let graph: CampaignGraph
  let now: Date
  /// The pause between an exit and the return, in seconds.
  let restartPause: Double

  private var campaign: Int64 { graph.campaign }

  /// Waits for other comparisons of the campaign: each sees what the previous one has written, and for a
  /// contact the latest state wins.
  func takeTurn() async throws {
    try await connection.lock(.campaignMembers(campaign))
  }

  /// Returns the source segments that are published (CAM-121).
  func segments() async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT id FROM segments WHERE id = ANY (\(graph.segments)) AND is_published ORDER BY id")
    return try rows.map { try $0.decode("id") }
  }

  // MARK: Buckets of contacts

  /// Prevents the deletion of contacts in a range, and evaluation of their memberships, until the transaction
  /// ends.
  func shareBuckets(of range: ClosedRange<Int64>) async throws {
    try await shareBuckets(
      "SELECT DISTINCT contact_bucket(b << 13) AS bucket FROM generate_series(\(range.lowerBound)::bigint >> 13, \(range.upperBound)::bigint >> 13) AS b"
    )
  }

  /// Does the same for some contacts.
  func shareBuckets(of contacts: [Int64]) async throws {
    try await shareBuckets(
      "SELECT DISTINCT contact_bucket(id) AS bucket FROM unnest(\(contacts)) AS id")
  }

  /// Uses a statement of its own, so that the next one sees what was committed before.
  private func shareBuckets(_ buckets: SQL) async throws {
    try await connection.query(
      """
      SELECT count(*) FROM (SELECT \(sql: AdvisoryLock.contactBucket("bucket").acquireShared)
        FROM (\(sql: buckets) ORDER BY 1) AS needed) AS held
      """)
  }

  // MARK: Differences

  /// Returns contacts of a range that a source segment holds and that may enter but are not active members:
  /// those without a row, and those to be re-enrolled.
  func missing(
    in range: ClosedRange<Int64>, _ segments: [Int64]
  ) async throws -> (new: [Int64], returning: [Int64]) {
    let (first, last) = (range.lowerBound, range.upperBound)
    let rows = try await connection.query(
      """
      SELECT DISTINCT s.contact_id, m.contact_id IS NULL FROM segment_members s
        LEFT JOIN campaign_members m ON m.contact_id = s.contact_id AND m.campaign_id = \(campaign)
          AND m.contact_id BETWEEN \(first) AND \(last)
      WHERE s.segment_id = ANY (\(segments)) AND \(sql: SegmentMember.isMember("s"))
        AND s.contact_id BETWEEN \(first) AND \(last)
        AND (m.contact_id IS NULL OR \(sql: mayReturn))
      ORDER BY s.contact_id
      """)
    var new: [Int64] = []
    var returning: [Int64] = []
    for row in rows {
      let (contact, isNew) = try row.decode(Int64.self, Bool.self)
      if isNew { new.append(contact) } else { returning.append(contact) }
    }
    return (new, returning)
  }

  /// Returns active members of a range that a segment added and that none holds.
  func unheldMembers(
    in range: ClosedRange<Int64>, _ segments: [Int64]
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT m.contact_id FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND m.is_active AND NOT m.manually_added
        AND m.contact_id BETWEEN \(range.lowerBound) AND \(range.upperBound)
        AND NOT EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
          AND s.segment_id = ANY (\(segments)) AND \(sql: SegmentMember.isMember("s")))
      ORDER BY m.contact_id
      """)
    return try rows.map { try $0.decode("contact_id") }
  }

  /// Splits contacts into those that a segment holds and the others.
  func divide(
    _ contacts: [Int64], by segments: [Int64]
  ) async throws -> (held: [Int64], others: [Int64]) {
    let rows = try await connection.query(
      """
      SELECT wanted.id, EXISTS (SELECT FROM segment_members s WHERE s.contact_id = wanted.id
        AND s.segment_id = ANY (\(segments)) AND \(sql: SegmentMember.isMember("s")))
      FROM unnest(\(contacts)) AS wanted (id) ORDER BY wanted.id
      """)
    var held: [Int64] = []
    var others: [Int64] = []
    for row in rows {
      let (contact, isHeld) = try row.decode(Int64.self, Bool.self)
      if isHeld { held.append(contact) } else { others.append(contact) }
    }
    return (held, others)
  }

  /// Announces again contacts with changes that the refresh of segments has not processed, among those that
  /// no source holds.
  func announceChanged(_ contacts: [Int64], _ segments: [Int64]) async throws -> Set<Int64> {
    let rows = try await connection.query(
      """
      WITH marked AS (
        SELECT DISTINCT contact FROM contact_changes CROSS JOIN unnest(contact_ids) AS contact
        WHERE contact = ANY (\(contacts)) AND EXISTS (
          SELECT FROM segments WHERE id = ANY (\(segments)) AND filters <> '[]')
      ), announced AS (
        INSERT INTO segment_announcements (segment_id, contact_ids, entered, cause, at)
        SELECT \(segments.first), array_agg(contact ORDER BY contact), false,
          \(SegmentCause.filter.rawValue), \(now)
        FROM marked HAVING count(*) > 0
      )
      SELECT contact FROM marked
      """)
    return Set(try rows.map { try $0.decode("contact", as: Int64.self) })
  }

  // MARK: Re-enrollment

  /// Returns members that exited since an instant and may return now, in the order of their exits.
  func returning(since: Date, _ segments: [Int64], limit: Int) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT m.contact_id FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND NOT m.is_active AND m.date_last_exited >= \(since)
        AND \(sql: mayReturn) AND \(sql: isHeld(by: segments))
      ORDER BY m.date_last_exited LIMIT \(limit)
      """)
    return try rows.map { try $0.decode("contact_id") }
  }

  /// Returns the latest exit of a member that a segment holds and that cannot return yet.
  func latestExit(_ segments: [Int64]) async throws -> Date? {
    let rows = try await connection.query(
      """
      SELECT m.date_last_exited FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND NOT m.is_active
        AND m.date_last_exited >= \(latestReturning) AND \(sql: isHeld(by: segments))
      ORDER BY m.date_last_exited DESC LIMIT 1
      """)
    return try rows.first?.decode("date_last_exited")
  }

  /// Whether a segment holds one of the members.
  func holdsAny(of contacts: [Int64], _ segments: [Int64]) async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT FROM campaign_members m WHERE m.contact_id = ANY (\(contacts))
        AND m.campaign_id = \(campaign) AND \(sql: isHeld(by: segments)) LIMIT 1
      """)
    return !rows.isEmpty
  }

  /// The latest exit that allows a return now.
  private var latestReturning: Date { now.addingTimeInterval(-restartPause) }

  /// The condition that a segment may re-enroll a member `m`.
  private var mayReturn: SQL {
    """
    (\(graph.allowsRestart) AND NOT m.is_active
      AND m.date_last_exited <= \(latestReturning))
    """
  }

  /// Returns the condition that a segment holds a member `m`.
  private func isHeld(by segments: [Int64]) -> SQL {
    """
    EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
      AND s.segment_id = ANY (\(segments)) AND \(sql: SegmentMember.isMember("s")))
    """
  }
}
