import Contacts
import Foundation
import JobQueue
import Postgres

extension CampaignRuntime {
  /// Moves contacts into and out of campaigns as announcements of segments tell, until there are none.
  func follow(_ context: JobContext) async throws {
    while try await followOnce() { try context.checkLease() }
  }

  /// Takes a bounded number of announcements away and does what they ask for, in one transaction. They only
  /// say whom to look at: what counts is who is in which segment now, so their order means nothing.
  private func followOnce() async throws -> Bool {
    let (engine, now) = (engine, jobs.clock.now)
    let (isMore, wakes) = try await jobs.transaction { connection, outbox -> (Bool, Set<Wake>) in
      let taken = try await connection.query(
        """
        DELETE FROM segment_announcements WHERE id IN (
          SELECT id FROM segment_announcements ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED)
        RETURNING segment_id, contact_ids
        """)
      guard !taken.isEmpty else { return (false, []) }
      var contacts: [Int64: Set<Int64>] = [:]
      for row in taken {
        let (segment, ids) = try row.decode(Int64.self, [Int64].self)
        contacts[segment, default: []].formUnion(ids)
      }
      let users = try await connection.query(
        """
        SELECT s.campaign_id, array_agg(s.source_id) FROM campaign_sources s
          JOIN campaigns c ON c.id = s.campaign_id
        WHERE s.kind = 'segment' AND s.source_id = ANY (\(contacts.keys.sorted()))
          AND \(sql: CampaignSQL.isLive(now))
        GROUP BY s.campaign_id ORDER BY s.campaign_id
        """)
      var wakes: Set<Wake> = []
      for row in users {
        let (campaign, segments) = try row.decode(Int64.self, [Int64].self)
        let whom = segments.reduce(into: Set<Int64>()) { $0.formUnion(contacts[$1] ?? []) }
        let done = try await engine.pass(campaign, now: now, on: connection, outbox) { pass in
          try await pass.compare(whom.sorted())
        }
        if let done { wakes.formUnion(done.wakes) }
      }
      return (true, wakes)
    }
    await wake(wakes)
    return isMore
  }

  /// Compares all contacts of a campaign's source segments with its members, batch by batch in order of their
  /// ids; each batch is a transaction, so a worker that takes over goes on (CAM-101, CAM-120 to CAM-122).
  func update(_ job: UpdateCampaign, _ context: JobContext) async throws {
    let (engine, size) = (engine, memberBatchSize)
    var after: Int64 = 0
    var done: Int64 = 0
    while true {
      let (now, last) = (context.clock.now, after)
      let step = try await context.transaction { connection, outbox in
        try await engine.pass(job.campaign, now: now, on: connection, outbox) { pass in
          try await pass.compareNext(after: last, limit: size)
        }
      }
      guard let step else { break }
      await wake(step.wakes)
      guard let next = step.result.last else { break }
      after = next
      done += Int64(step.result.count)
      context.progress(done: done)
    }
    try await context.complete()
  }
}

extension Pass {
  /// The next contacts of the source segments that are no members, or members that no segment holds, brought
  /// in line.
  ///
  /// - Returns: The greatest contact that was looked at, nil at the end, and how many moved.
  func compareNext(after: Int64, limit: Int) async throws -> (last: Int64?, count: Int) {
    try await takeTurns()
    let sources = try await sources()
    let missing = try await connection.query(
      """
      SELECT s.contact_id FROM segment_members s
      WHERE s.segment_id = ANY (\(sources)) AND NOT s.manually_removed
        AND s.contact_id > \(after)
        AND NOT EXISTS (SELECT FROM campaign_members m WHERE m.contact_id = s.contact_id
          AND m.campaign_id = \(campaign) AND NOT \(sql: mayBeTaken))
      ORDER BY s.contact_id LIMIT \(limit)
      """)
    let held = try await connection.query(
      """
      SELECT m.contact_id FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND m.is_active AND NOT m.manually_added
        AND m.contact_id > \(after)
        AND NOT EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
          AND s.segment_id = ANY (\(sources)) AND NOT s.manually_removed)
      ORDER BY m.contact_id LIMIT \(limit)
      """)
    var entering: [Int64] = try missing.map { try $0.decode(at: 0) }
    var leaving: [Int64] = try held.map { try $0.decode(at: 0) }
    // Only as far as both lists reach.
    var last = max(entering.last ?? 0, leaving.last ?? 0)
    if entering.count == limit { last = min(last, entering.last ?? last) }
    if leaving.count == limit { last = min(last, leaving.last ?? last) }
    entering.removeAll { $0 > last }
    leaving.removeAll { $0 > last }
    guard last > 0 else {
      try await comeBack(sources)
      return (nil, 0)
    }
    try await move(in: Self.unique(entering), out: leaving)
    return (last, entering.count + leaving.count)
  }

  /// Brings some contacts in line with the source segments as they are now.
  func compare(_ contacts: [Int64]) async throws {
    try await takeTurns()
    let sources = try await sources()
    let rows = try await connection.query(
      """
      SELECT who.id, EXISTS (SELECT FROM segment_members s WHERE s.contact_id = who.id
        AND s.segment_id = ANY (\(sources)) AND NOT s.manually_removed)
      FROM unnest(\(contacts)) AS who (id) ORDER BY who.id
      """)
    var entering: [Int64] = []
    var leaving: [Int64] = []
    for row in rows {
      let (contact, isHeld) = try row.decode(Int64.self, Bool.self)
      if isHeld { entering.append(contact) } else { leaving.append(contact) }
    }
    try await move(in: entering, out: leaving)
    try await comeBack(sources)
  }

  private static func unique(_ sorted: [Int64]) -> [Int64] {
    var result: [Int64] = []
    for id in sorted where result.last != id { result.append(id) }
    return result
  }

  private func move(in entering: [Int64], out leaving: [Int64]) async throws {
    try await leave(leaving, .exit, onlyAutomatic: true)
    guard !entering.isEmpty else { return }
    // Deletion of a contact takes its bucket first: nobody comes in who is being deleted.
    let rows = try await connection.query(
      """
      WITH locked AS MATERIALIZED (
        SELECT pg_advisory_xact_lock_shared(1296126035, bucket) FROM (
          SELECT DISTINCT contact_bucket(id) AS bucket FROM unnest(\(entering)) AS id ORDER BY 1
        ) AS buckets
      )
      SELECT count(*) FROM locked
      """)
    guard !rows.isEmpty else { return }
    let present = try await connection.query(
      "SELECT id FROM contacts WHERE id = ANY (\(entering)) ORDER BY id")
    try await enter(try present.map { try $0.decode(at: 0) }, by: .segment)
  }

  /// One comparison of a campaign at a time: each sees what the one before has written, and of a contact the
  /// latest truth wins.
  private func takeTurns() async throws {
    try await connection.query(
      "SELECT pg_advisory_xact_lock(hashtextextended('martlet.campaign', \(campaign)))")
  }

  /// The source segments that are published (CAM-121).
  private func sources() async throws -> [Int64] {
    let rows = try await connection.query(
      "SELECT id FROM segments WHERE id = ANY (\(graph.segments)) AND is_published ORDER BY id")
    return try rows.map { try $0.decode(at: 0) }
  }

  /// Whether a member `m` may be taken back by a segment.
  private var mayBeTaken: SQL {
    let limit = now.addingTimeInterval(-Double(settings.restartPause.components.seconds))
    return """
      (\(graph.allowsRestart) AND NOT m.is_active AND m.date_last_exited <= \(limit))
      """
  }

  /// Those who left so lately that they cannot be taken back yet are looked at again when they can (CAM-110).
  private func comeBack(_ sources: [Int64]) async throws {
    guard graph.allowsRestart else { return }
    let limit = now.addingTimeInterval(-Double(settings.restartPause.components.seconds))
    let rows = try await connection.query(
      """
      SELECT max(m.date_last_exited) FROM campaign_members m
      WHERE m.campaign_id = \(campaign) AND NOT m.is_active AND m.date_last_exited > \(limit)
        AND EXISTS (SELECT FROM segment_members s WHERE s.contact_id = m.contact_id
          AND s.segment_id = ANY (\(sources)) AND NOT s.manually_removed)
      """)
    guard let exit: Date = try rows.first?.decode(at: 0, as: Date?.self) else { return }
    let due = exit.addingTimeInterval(Double(settings.restartPause.components.seconds))
    try outbox.add(
      UpdateCampaign(campaign: campaign),
      .init(
        runAt: due, uniqueKey: "\(campaign):\(Int64(due.timeIntervalSince1970 / 10))",
        object: .init(type: "campaign", id: campaign)))
  }
}
