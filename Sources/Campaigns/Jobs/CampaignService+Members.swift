import Foundation
import JobQueue
import Postgres

extension CampaignService {
  /// Moves contacts into and out of campaigns as announcements of segments tell, until there are none.
  ///
  /// Those that are put off come after these, and are left to another job.
  func follow(_ context: JobContext) async throws {
    let rows = try await jobs.postgres.query(
      "SELECT coalesce(max(id), 0) FROM segment_announcements")
    let last: Int64 = try rows.first?.decode(at: 0) ?? 0
    var isPutOff = false
    while let step = try await follow(upTo: last) {
      if step.isPutOff { isPutOff = true }
      try context.checkLease()
    }
    guard isPutOff else { return }
    // The more marks there are, the longer it takes, and the more it costs to look for somebody's. One job for each
    // stretch of time: that of this one is taken until it has ended.
    let marks = try await jobs.postgres.query("SELECT FROM contact_changes LIMIT 100")
    let pause = marks.count < 100 ? 0.2 : 2
    let stretch = (context.clock.now.timeIntervalSince1970 / pause).rounded(.down) + 1
    try await jobs.enqueue(
      FollowSegments(),
      EnqueueOptions(
        runAt: Date(timeIntervalSince1970: stretch * pause),
        uniqueKey: "\(pause):\(Int64(stretch))"))
  }

  /// Takes a bounded number of announcements away and does what they ask for, in one transaction. They only
  /// say whom to look at: what counts is who is in which segment now, so their order means nothing.
  ///
  /// - Returns: Whether some were put off; nil where there were none.
  private func follow(upTo last: Int64) async throws -> (isPutOff: Bool, wakes: Set<TimerBucket>)? {
    let (engine, now) = (engine, jobs.clock.now)
    let step = try await jobs.transaction {
      connection, outbox -> (isPutOff: Bool, wakes: Set<TimerBucket>)? in
      let taken = try await connection.query(
        """
        DELETE FROM segment_announcements WHERE id IN (
          SELECT id FROM segment_announcements WHERE id <= \(last)
          ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED)
        RETURNING segment_id, contact_ids
        """)
      guard !taken.isEmpty else { return nil }
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
      var isPutOff = false
      var wakes: Set<TimerBucket> = []
      for row in users {
        let (campaign, segments) = try row.decode(Int64.self, [Int64].self)
        let whom = segments.reduce(into: Set<Int64>()) { $0.formUnion(contacts[$1] ?? []) }
        let done = try await engine.pass(campaign, now: now, on: connection, outbox) { pass in
          try await pass.compare(whom.sorted(), sparesMarked: true)
        }
        guard let done else { continue }
        wakes.formUnion(done.wakes)
        if done.result { isPutOff = true }
      }
      return (isPutOff, wakes)
    }
    if let step { await wake(step.wakes) }
    return step
  }

  /// Takes back who may be taken back by now, batch by batch; whose time comes later is left to another job.
  func takeBack(_ job: Reenroll, _ context: JobContext) async throws {
    let (engine, size) = (engine, memberBatchSize)
    while true {
      let now = context.clock.now
      let step = try await context.transaction { connection, outbox in
        try await engine.pass(job.campaign, now: now, on: connection, outbox) { pass in
          try await pass.takeBack(since: job.since, limit: size)
        }
      }
      guard let step else { break }
      await wake(step.wakes)
      guard step.result == size else { break }
      try context.checkLease()
    }
    try await context.complete()
  }

  /// Compares all contacts of a campaign's source segments with its members, range by range of their ids; each
  /// range is a transaction, so a worker that takes over goes on (CAM-101, CAM-120 to CAM-122).
  func update(_ job: UpdateCampaign, _ context: JobContext) async throws {
    let (engine, size) = (engine, Int64(memberBatchSize))
    let rows = try await jobs.postgres.query("SELECT coalesce(max(id), 0) FROM contacts")
    let greatest: Int64 = try rows.first?.decode(at: 0) ?? 0
    var first: Int64 = 0
    var moved: Int64 = 0
    repeat {
      let (now, range) = (context.clock.now, first...(first + size - 1))
      let isLast = range.upperBound >= greatest
      let step = try await context.transaction { connection, outbox in
        try await engine.pass(job.campaign, now: now, on: connection, outbox) { pass in
          try await pass.compare(range, isLast: isLast)
        }
      }
      guard let step else { break }
      await wake(step.wakes)
      moved += Int64(step.result)
      first = range.upperBound + 1
      context.progress(done: min(first, greatest), total: greatest)
    } while first <= greatest
    try context.setResult(["moved": moved])
    try await context.complete()
  }
}
