import Foundation
import JobQueue
import Postgres

extension CampaignService {
  /// Cancels what is open of a deleted event, in batches of bounded size.
  func cancel(_ job: CancelEvent, _ context: JobContext) async throws {
    while true {
      let now = context.clock.now
      let count = try await context.transaction { connection, _ in
        try await Self.cancelOpen(job.event, limit: 5_000, now: now, on: connection)
      }
      if count == 0 { break }
      try context.checkLease()
    }
    try await complete(context, again: CancelEvent(event: job.event, isAgain: true), job.isAgain)
  }

  /// Ends the first job of an edit with a second one, which finds what passes wrote that had begun before it.
  func complete(
    _ context: JobContext, again job: some DurableJob, _ isAgain: Bool?,
    _ effect: @escaping @Sendable (PostgresConnection) async throws -> Void = { _ in }
  ) async throws {
    let later = context.clock.now.addingTimeInterval(CampaignJobs.afterglow)
    try await context.complete { connection, outbox in
      try await effect(connection)
      if isAgain != true { try outbox.add(job, EnqueueOptions(runAt: later)) }
    }
  }

  /// Cancels some of what is open of a deleted event. What is claimed ends by itself (CAM-604), unless whoever
  /// claimed it is gone.
  ///
  /// - Returns: How many entries were looked at.
  static func cancelOpen(
    _ event: Int64, limit: Int, now: Date, on connection: PostgresConnection
  ) async throws -> Int {
    // In the order of the index, and by key: else the whole log is read for a batch.
    let rows = try await connection.query(
      """
      (SELECT contact_id, rotation FROM campaign_log
        WHERE event_id = \(event) AND state < 2 ORDER BY fire_at LIMIT \(limit))
      UNION ALL
      (SELECT contact_id, rotation FROM campaign_log
        WHERE state = 2 AND lease_until <= \(now) AND event_id = \(event) LIMIT \(limit))
      """)
    guard !rows.isEmpty else { return 0 }
    let contacts: [Int64] = try rows.map { try $0.decode(at: 0) }
    let rotations = try rows.map { Int32(try $0.decode(at: 1, as: Int.self)) }
    // Held in the order of contacts, as everywhere.
    try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT l.contact_id, l.rotation
        FROM unnest(\(contacts), \(rotations)) AS entry (contact, rotation)
        JOIN campaign_log l ON l.contact_id = entry.contact AND l.event_id = \(event)
          AND l.rotation = entry.rotation
        WHERE l.state < 2 OR l.state = 2 AND l.lease_until <= \(now)
        ORDER BY l.contact_id, l.rotation FOR UPDATE OF l
      )
      UPDATE campaign_log AS l SET state = 5, cancel_reason = 'event_deleted', lease_until = NULL,
        lease_token = NULL
      FROM held WHERE l.contact_id = held.contact_id AND l.event_id = \(event)
        AND l.rotation = held.rotation
      """)
    return rows.count
  }

  /// Computes the deadlines of a decision anew for all who wait at it; those that lie in the past now are due
  /// at once.
  func retime(_ job: RecomputeDeadlines, _ context: JobContext) async throws {
    let (engine, size, now) = (engine, memberBatchSize, context.clock.now)
    var after: Int64 = 0
    while true {
      let last = after
      let step = try await context.transaction { connection, outbox in
        try await engine.pass(
          job.campaign, now: now, on: connection, outbox, evenAsleep: true
        ) { pass -> Int64? in
          guard let event = pass.graph[job.event] else { return nil }
          return try await pass.retime(event, after: last, limit: size)
        }
      }
      guard let step else { break }
      await wake(step.wakes)
      guard let next = step.result else { break }
      after = next
      try context.checkLease()
    }
    let again = RecomputeDeadlines(campaign: job.campaign, event: job.event, isAgain: true)
    try await complete(context, again: again, job.isAgain)
  }
}

extension CampaignTransaction {
  /// Computes the deadlines of the next members anew, as far as they wait at a decision.
  ///
  /// - Returns: The last of the members; nil at the end.
  func retime(_ event: CampaignEvent, after: Int64, limit: Int) async throws -> Int64? {
    let members = try await connection.query(
      """
      SELECT contact_id FROM campaign_members
      WHERE campaign_id = \(campaign) AND contact_id > \(after) ORDER BY contact_id LIMIT \(limit)
      """)
    let contacts: [Int64] = try members.map { try $0.decode(at: 0) }
    guard let last = contacts.last else { return nil }
    let rows = try await connection.query(
      """
      SELECT contact_id, rotation, base_at FROM campaign_log
      WHERE contact_id = ANY (\(contacts)) AND event_id = \(event.id) AND state = 1
      ORDER BY contact_id, rotation FOR UPDATE
      """)
    guard !rows.isEmpty else { return last }
    var entries: [(contact: Int64, rotation: Int32, base: Date)] = []
    for row in rows {
      entries.append(
        (try row.decode(at: 0), Int32(try row.decode(at: 1, as: Int.self)), try row.decode(at: 2)))
    }
    // Of a contact only the decision of the present rotation is open (CAM-342).
    let deadlines = try await deadlines(event, entries.map { ($0.contact, $0.base) })
    let times = entries.map { deadlines[$0.contact]?.at }
    try await connection.query(
      """
      UPDATE campaign_log AS l SET fire_at = new.fire
      FROM unnest(\(entries.map(\.contact)), \(entries.map(\.rotation)), \(times)::timestamptz[])
        AS new (contact, rotation, fire)
      WHERE l.contact_id = new.contact AND l.event_id = \(event.id) AND l.rotation = new.rotation
        AND l.fire_at IS DISTINCT FROM new.fire
      """)
    wake(event, times.compactMap(\.self))
    return last
  }
}
