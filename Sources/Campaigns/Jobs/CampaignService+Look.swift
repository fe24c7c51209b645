package import Foundation
import JobQueue
package import Postgres

extension CampaignService {
  /// Lays what comes due before long into the order of work, and finds what nobody has been told of: the
  /// process that should have told died, or Redis was emptied (CAM-901).
  func look(_ context: JobContext) async throws {
    let now = context.clock.now
    try await wakeLive(now)
    await wake(try await jobs.postgres.withConnection { try await dueSoon(now, on: $0) })
    try await cancelLapsed(now)
    let waiting = try await jobs.postgres.query("SELECT FROM segment_announcements LIMIT 1")
    if !waiting.isEmpty { try await jobs.enqueue(FollowSegments()) }
    try await context.complete()
  }

  /// Campaigns that became live since the last look, by their window or their category, have their members
  /// brought up to date; what came due meanwhile is due now (CAM-603).
  private func wakeLive(_ now: Date) async throws {
    try await jobs.transaction { connection, outbox in
      let rows = try await connection.query(
        """
        UPDATE campaigns AS c SET was_live = \(sql: CampaignSQL.isLive(now))
        WHERE c.was_live <> \(sql: CampaignSQL.isLive(now)) RETURNING c.id, c.was_live
        """)
      for row in rows where try row.decode(at: 1, as: Bool.self) {
        try CampaignUpdates.request(try row.decode(at: 0), in: outbox)
      }
    }
  }

  /// Nobody goes on with what a worker that died had claimed of an event that was deleted meanwhile.
  private func cancelLapsed(_ now: Date) async throws {
    let rows = try await jobs.postgres.query(
      """
      SELECT DISTINCT l.event_id FROM campaign_log l
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NOT NULL
      WHERE l.state = 2 AND l.lease_until <= \(now)
      """)
    for row in rows {
      let event: Int64 = try row.decode(at: 0)
      try await jobs.enqueue(
        CancelEvent(event: event, isAgain: true), EnqueueOptions(uniqueKey: "\(event)"))
    }
  }

  /// The slots before the horizon in which events of live campaigns have something due. Each is found by one
  /// step in the index of what is due, however many entries it holds.
  func dueSoon(_ now: Date, on connection: PostgresConnection) async throws -> Set<TimerBucket> {
    // One look later than the next one.
    let horizon = now.addingTimeInterval(TimerBucket.horizon)
    let length = Double(TimerBucket.length) / 1000
    let rows = try await connection.query(
      """
      WITH RECURSIVE live AS MATERIALIZED (
        SELECT e.id FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
        WHERE e.deleted_at IS NULL AND \(sql: CampaignSQL.isLive(now))
      ), slots AS (
        SELECT live.id, first.fire_at FROM live CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = live.id AND l.state < 2 AND l.fire_at <= \(horizon)
          ORDER BY l.fire_at LIMIT 1) AS first
        UNION ALL
        SELECT slots.id, next.fire_at FROM slots CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = slots.id AND l.state < 2 AND l.fire_at <= \(horizon)
            AND l.fire_at > greatest(\(now)::timestamptz, to_timestamp(
              ceil(extract(epoch FROM slots.fire_at) / \(length)) * \(length)))
          ORDER BY l.fire_at LIMIT 1) AS next
      )
      SELECT id, fire_at FROM slots
      """)
    var wakes: Set<TimerBucket> = []
    for row in rows {
      let (event, fire) = try row.decode(Int64.self, Date.self)
      wakes.insert(TimerBucket(event: event, slot: TimerBucket.slot(of: fire)))
    }
    // Claims that have lapsed: their worker is gone (CAM-462).
    let lapsed = try await connection.query(
      """
      SELECT DISTINCT l.event_id FROM campaign_log l
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NULL
      WHERE l.state = 2 AND l.lease_until <= \(now)
      """)
    for row in lapsed {
      wakes.insert(TimerBucket(event: try row.decode(at: 0), slot: TimerBucket.slot(of: now)))
    }
    return wakes
  }

  /// Whether anything of live campaigns is due at an instant, or segments have announced what nobody has looked
  /// at: work that may not have become a job yet.
  package static func isBehind(at now: Date, on pool: PostgresPool) async throws -> Bool {
    let rows = try await pool.query(
      """
      SELECT EXISTS (SELECT FROM segment_announcements) OR EXISTS (
        SELECT FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
        WHERE e.deleted_at IS NULL AND \(sql: CampaignSQL.isLive(now)) AND (
          SELECT l.fire_at <= \(now) FROM campaign_log l
          WHERE l.event_id = e.id AND l.state < 2 ORDER BY l.fire_at LIMIT 1)) OR EXISTS (
        SELECT FROM campaigns c WHERE c.was_live <> \(sql: CampaignSQL.isLive(now)))
      """)
    return try rows.first?.decode(at: 0) ?? false
  }

  /// Removes log, members and events of a deleted campaign in batches (CAM-640).
  func remove(_ job: RemoveCampaign, _ context: JobContext) async throws {
    let campaign = job.campaign
    while true {
      let gone = try await context.transaction { connection, _ in
        let rows = try await connection.query(
          """
          WITH batch AS MATERIALIZED (
            SELECT contact_id FROM campaign_members WHERE campaign_id = \(campaign)
            ORDER BY contact_id LIMIT 5000 FOR UPDATE
          )
          DELETE FROM campaign_members m USING batch
          WHERE m.contact_id = batch.contact_id AND m.campaign_id = \(campaign)
          """)
        return rows.affected
      }
      if gone == 0 { break }
      try context.checkLease()
    }
    let again = RemoveCampaign(campaign: campaign, isAgain: true)
    try await complete(context, again: again, job.isAgain) { connection in
      try await connection.pipeline([
        "DELETE FROM campaign_event_hours WHERE campaign_id = \(campaign)",
        "DELETE FROM campaign_event_counts WHERE campaign_id = \(campaign)",
        "DELETE FROM campaign_member_hours WHERE campaign_id = \(campaign)",
        "DELETE FROM campaigns WHERE id = \(campaign) AND deleted_at IS NOT NULL",
      ])
    }
  }
}

/// Asks for members to be brought up to date.
enum CampaignUpdates {
  /// The job of a campaign; for a time to come once.
  @discardableResult
  static func request(
    _ campaign: Int64, at instant: Date? = nil, in outbox: JobOutbox
  ) throws -> JobID {
    try outbox.add(
      UpdateCampaign(campaign: campaign),
      EnqueueOptions(
        runAt: instant,
        uniqueKey: instant.map { "\(campaign):\(Int64($0.timeIntervalSince1970))" },
        object: JobSubject(type: "campaign", id: campaign)))
  }
}
