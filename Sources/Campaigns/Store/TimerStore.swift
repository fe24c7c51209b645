import Foundation
import JobQueue
import Postgres

/// Finds due entries in the logs of all campaigns.
enum TimerStore {
  /// Returns the timer buckets before an instant in which events of live campaigns have due entries. Each is
  /// found by one step in the index of due entries, however many entries it holds.
  static func dueBuckets(
    now: Date, until: Date, on connection: PostgresConnection
  ) async throws -> Set<TimerBucket> {
    let length = Double(TimerBucket.length) / 1000
    let rows = try await connection.query(
      """
      WITH RECURSIVE live AS MATERIALIZED (
        SELECT e.id FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
        WHERE e.deleted_at IS NULL AND \(sql: CampaignSQL.isLive(now))
      ), buckets AS (
        SELECT live.id, first.fire_at FROM live CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = live.id AND l.state < \(literal: EntryState.running)
            AND l.fire_at <= \(until)
          ORDER BY l.fire_at LIMIT 1) AS first
        UNION ALL
        SELECT buckets.id, next.fire_at FROM buckets CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = buckets.id AND l.state < \(literal: EntryState.running)
            AND l.fire_at <= \(until)
            AND l.fire_at > greatest(\(now)::timestamptz, to_timestamp(
              ceil(extract(epoch FROM buckets.fire_at) / \(length)) * \(length)))
          ORDER BY l.fire_at LIMIT 1) AS next
      )
      SELECT id, fire_at FROM buckets
      """)
    var timers: Set<TimerBucket> = []
    for row in rows {
      let (event, fire) = try row.decode(Int64.self, Date.self)
      timers.insert(TimerBucket(event: event, at: fire))
    }
    return timers
  }

  /// Returns the events with entries whose lease has lapsed, because their worker died (CAM-462).
  ///
  /// - Parameter deleted: Whether to return deleted events, or existing ones.
  static func eventsWithLapsedLeases(
    now: Date, deleted: Bool, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let isWanted: SQL = deleted ? "IS NOT NULL" : "IS NULL"
    let rows = try await connection.query(
      """
      SELECT DISTINCT l.event_id FROM campaign_log l
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at \(sql: isWanted)
      WHERE l.state = \(literal: EntryState.running) AND l.lease_until <= \(now)
      """)
    return try rows.map { try $0.decode("event_id") }
  }

  /// Whether entries of live campaigns are due at an instant, a campaign started or stopped being live, or
  /// segments have announced moves: work that may not be a job yet.
  static func isBehind(at now: Date, on pool: PostgresPool) async throws -> Bool {
    let rows = try await pool.query(
      """
      SELECT EXISTS (SELECT FROM segment_announcements) OR EXISTS (
        SELECT FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
        WHERE e.deleted_at IS NULL AND \(sql: CampaignSQL.isLive(now)) AND (
          SELECT l.fire_at <= \(now) FROM campaign_log l
          WHERE l.event_id = e.id AND l.state < \(literal: EntryState.running)
          ORDER BY l.fire_at LIMIT 1)) OR EXISTS (
        SELECT FROM campaigns c WHERE c.was_live <> \(sql: CampaignSQL.isLive(now)))
      """)
    return try rows.first?.decode(at: 0) ?? false
  }

  /// Cancels some open entries of a deleted event. Claimed ones end by themselves (CAM-604), unless their
  /// lease has lapsed.
  ///
  /// - Returns: The number of entries checked.
  static func cancelOpen(
    of event: Int64, limit: Int, in transaction: Transaction
  ) async throws -> Int {
    // In the order of the index, and by key: otherwise each batch reads the whole log.
    let rows = try await transaction.query(
      """
      (SELECT contact_id, rotation FROM campaign_log
        WHERE event_id = \(event) AND state < \(literal: EntryState.running)
        ORDER BY fire_at LIMIT \(limit))
      UNION ALL
      (SELECT contact_id, rotation FROM campaign_log
        WHERE state = \(literal: EntryState.running) AND lease_until <= \(transaction.now)
          AND event_id = \(event) LIMIT \(limit))
      """)
    guard !rows.isEmpty else { return 0 }
    let contacts: [Int64] = try rows.map { try $0.decode("contact_id") }
    let rotations = try rows.map { Int32(try $0.decode("rotation", as: Int.self)) }
    // Locked in the order of contacts, as everywhere.
    try await transaction.query(
      """
      WITH held AS MATERIALIZED (
        SELECT l.contact_id, l.rotation
        FROM unnest(\(contacts), \(rotations)) AS entry (contact, rotation)
        JOIN campaign_log l ON l.contact_id = entry.contact AND l.event_id = \(event)
          AND l.rotation = entry.rotation
        WHERE l.state < \(literal: EntryState.running)
          OR l.state = \(literal: EntryState.running) AND l.lease_until <= \(transaction.now)
        ORDER BY l.contact_id, l.rotation FOR UPDATE OF l
      )
      UPDATE campaign_log AS l SET state = \(literal: EntryState.cancelled),
        cancel_reason = 'event_deleted', lease_until = NULL, lease_token = NULL
      FROM held WHERE l.contact_id = held.contact_id AND l.event_id = \(event)
        AND l.rotation = held.rotation
      """)
    return rows.count
  }
}
