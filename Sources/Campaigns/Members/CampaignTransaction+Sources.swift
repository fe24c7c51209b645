import Contacts
import Foundation
import JobQueue
import Postgres

/// Members as the source segments have them (campaigns.md 4).
extension CampaignTransaction {
  /// Brings the contacts of a range of ids in line: those whom a source segment holds and who are no members,
  /// and members whom none holds.
  ///
  /// - Parameter isLast: Whether those who cannot be taken back yet are to be looked for.
  /// - Returns: How many moved.
  func compare(_ range: ClosedRange<Int64>, isLast: Bool) async throws -> Int {
    try await takeTurns()
    let sources = try await sources()
    let (first, last) = (range.lowerBound, range.upperBound)
    // Deletion of a contact takes its bucket first: nobody comes in who is being deleted.
    try await shareBuckets(
      "SELECT DISTINCT contact_bucket(b << 13) AS bucket FROM generate_series(\(first)::bigint >> 13, \(last)::bigint >> 13) AS b"
    )
    let missing = try await connection.query(
      """
      SELECT DISTINCT s.contact_id, m.contact_id IS NULL FROM segment_members s
        LEFT JOIN campaign_members m ON m.contact_id = s.contact_id AND m.campaign_id = \(campaign)
          AND m.contact_id BETWEEN \(first) AND \(last)
      WHERE s.segment_id = ANY (\(sources)) AND \(sql: SegmentMember.isMember("s"))
        AND s.contact_id BETWEEN \(first) AND \(last)
        AND (m.contact_id IS NULL OR \(sql: mayBeTaken))
      ORDER BY s.contact_id
      """)
    let held = try await connection.query(
      """
      SELECT m.contact_id FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND m.is_active AND NOT m.manually_added
        AND m.contact_id BETWEEN \(first) AND \(last)
        AND NOT EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
          AND s.segment_id = ANY (\(sources)) AND \(sql: SegmentMember.isMember("s")))
      ORDER BY m.contact_id
      """)
    var new: [Int64] = []
    var back: [Int64] = []
    for row in missing {
      let (contact, isNew) = try row.decode(Int64.self, Bool.self)
      if isNew { new.append(contact) } else { back.append(contact) }
    }
    var leaving: [Int64] = try held.map { try $0.decode(at: 0) }
    if try await putOffMarked(&leaving, sources) {
      await connection.signal(SegmentTransitions.signal)
    }
    try await leave(leaving, .exit, onlyAutomatic: true)
    try await enter(new, by: .segment, areNew: true)
    try await enter(back, by: .segment)
    if isLast { try await comeBack(sources) }
    return new.count + back.count + leaving.count
  }

  /// Brings some contacts in line with the source segments as they are now.
  ///
  /// - Parameter sparesMarked: Whether leaving is put off as ``putOffMarked(_:_:)`` says.
  /// - Returns: Whether it was, for some.
  @discardableResult
  func compare(_ contacts: [Int64], sparesMarked: Bool = false) async throws -> Bool {
    try await takeTurns()
    let sources = try await sources()
    try await shareBuckets(
      "SELECT DISTINCT contact_bucket(id) AS bucket FROM unnest(\(contacts)) AS id")
    let rows = try await connection.query(
      """
      SELECT who.id, EXISTS (SELECT FROM segment_members s WHERE s.contact_id = who.id
        AND s.segment_id = ANY (\(sources)) AND \(sql: SegmentMember.isMember("s")))
      FROM unnest(\(contacts)) AS who (id) ORDER BY who.id
      """)
    var entering: [Int64] = []
    var leaving: [Int64] = []
    for row in rows {
      let (contact, isHeld) = try row.decode(Int64.self, Bool.self)
      if isHeld { entering.append(contact) } else { leaving.append(contact) }
    }
    let isPutOff = sparesMarked ? try await putOffMarked(&leaving, sources) : false
    try await leave(leaving, .exit, onlyAutomatic: true)
    try await enter(entering, by: .segment)
    try await comeBack(sources)
    return isPutOff
  }

  /// Leaves out, and announces again, those whom no source holds but of whom a change has not been looked at by the
  /// segments' refresh: what moved them out of one source may have moved them into another (CAM-120).
  ///
  /// - Returns: Whether there are any.
  private func putOffMarked(_ leaving: inout [Int64], _ sources: [Int64]) async throws -> Bool {
    guard !leaving.isEmpty else { return false }
    let rows = try await connection.query(
      """
      WITH marked AS (
        SELECT DISTINCT contact FROM contact_changes CROSS JOIN unnest(contact_ids) AS contact
        WHERE contact = ANY (\(leaving)) AND EXISTS (
          SELECT FROM segments WHERE id = ANY (\(sources)) AND filters <> '[]')
      ), announced AS (
        INSERT INTO segment_announcements (segment_id, contact_ids, entered, cause, at)
        SELECT \(sources.first), array_agg(contact ORDER BY contact), false,
          \(SegmentCause.filter.rawValue), \(now)
        FROM marked HAVING count(*) > 0
      )
      SELECT contact FROM marked
      """)
    let marked = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    leaving.removeAll { marked.contains($0) }
    return !marked.isEmpty
  }

  /// Takes back some of those who exited since an instant and may be taken back by now.
  ///
  /// - Returns: How many were looked at.
  func takeBack(since: Date, limit: Int) async throws -> Int {
    try await takeTurns()
    let sources = try await sources()
    let rows = try await connection.query(
      """
      SELECT m.contact_id FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND NOT m.is_active AND m.date_last_exited >= \(since)
        AND \(sql: mayBeTaken) AND \(sql: isHeld(by: sources))
      ORDER BY m.date_last_exited LIMIT \(limit)
      """)
    try await compare(try rows.map { try $0.decode(at: 0) })
    return rows.count
  }

  /// Whether a source segment holds a member `m`.
  private func isHeld(by sources: [Int64]) -> SQL {
    """
    EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
      AND s.segment_id = ANY (\(sources)) AND \(sql: SegmentMember.isMember("s")))
    """
  }

  /// Keeps the contacts of buckets from being deleted, and their memberships from being evaluated, until the
  /// transaction ends; in a statement of its own, so that the next one sees what was committed before.
  private func shareBuckets(_ buckets: SQL) async throws {
    try await connection.query(
      """
      SELECT count(*) FROM (SELECT \(sql: AdvisoryLock.contactBucket("bucket").acquireShared)
        FROM (\(sql: buckets) ORDER BY 1) AS needed) AS held
      """)
  }

  /// One comparison of a campaign at a time: each sees what the one before has written, and of a contact the
  /// latest truth wins.
  private func takeTurns() async throws {
    try await connection.lock(.campaignMembers(campaign))
  }

  /// The source segments that are published (CAM-121).
  private func sources() async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT id FROM segments WHERE id = ANY (\(graph.segments)) AND is_published ORDER BY id")
    return try rows.map { try $0.decode(at: 0) }
  }

  /// Whether a member `m` may be taken back by a segment.
  private var mayBeTaken: SQL {
    """
    (\(graph.allowsRestart) AND NOT m.is_active
      AND m.date_last_exited <= \(now.addingTimeInterval(-pause)))
    """
  }

  /// Those who left so lately that they cannot be taken back yet are looked at again when they can (CAM-110).
  private func comeBack(_ sources: [Int64]) async throws {
    guard graph.allowsRestart else { return }
    let rows = try await connection.query(
      """
      SELECT m.date_last_exited FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND NOT m.is_active
        AND m.date_last_exited >= \(now.addingTimeInterval(-pause)) AND \(sql: isHeld(by: sources))
      ORDER BY m.date_last_exited DESC LIMIT 1
      """)
    if let exit: Date = try rows.first?.decode(at: 0) { try lookAgain(at: exit) }
  }

  /// The same for contacts that exit now.
  func comeBack(exited contacts: [Int64]) async throws {
    guard graph.allowsRestart else { return }
    let sources = try await sources()
    let rows = try await connection.query(
      """
      SELECT FROM campaign_members m WHERE m.contact_id = ANY (\(contacts))
        AND m.campaign_id = \(campaign) AND \(sql: isHeld(by: sources)) LIMIT 1
      """)
    if !rows.isEmpty { try lookAgain(at: now) }
  }

  /// Asks for those to be taken back who have exited lately, the last of them at an instant: one job for all who
  /// may come back within ten seconds, at their end.
  private func lookAgain(at exit: Date) throws {
    let end = settings.returnTime(after: exit)
    // A job that runs a little early, by another machine's clock, leaves them to one of another name: its own is
    // taken until it has ended.
    let due = max(end.timeIntervalSince1970, (now.timeIntervalSince1970 + 1).rounded(.up))
    // Who exited a little before, in a transaction that commits only now, counts as well.
    let since = now.addingTimeInterval(-pause - 60)
    try outbox.add(
      Reenroll(campaign: campaign, since: since),
      EnqueueOptions(
        runAt: Date(timeIntervalSince1970: due), lane: CampaignJobs.lane(campaign),
        uniqueKey: "\(campaign):\(Int64(due))"))
  }

  /// Seconds between an exit and the return.
  private var pause: Double { Double(settings.restartPause.components.seconds) }
}
