import Foundation
import JobQueue
import Postgres

/// Finds due entries in the logs of all campaigns.
enum TimerStore {
  /// Returns the buckets in which entries of events wait, for campaigns that are live. Each is found by one step in the
  /// index of due entries, however many entries it holds; all that is due already is one.
  ///
  /// - Parameters:
  ///   - events: The events, with the instant up to which each is looked at.
  ///   - now: The instant that decides on the length of buckets.
  static func buckets(
    of events: [Int64: Date], now: Date, on connection: PostgresConnection
  ) async throws -> Set<TimerBucket> {
    let wanted = events.sorted { $0.key < $1.key }
    let rows = try await connection.query(
      """
      WITH RECURSIVE wanted AS MATERIALIZED (
        SELECT w.id, w.until, e.id IS NOT NULL AS is_live
        FROM unnest(\(wanted.map(\.key)), \(wanted.map(\.value))) AS w (id, until)
        LEFT JOIN (campaign_events e JOIN campaigns c ON c.id = e.campaign_id
          AND \(sql: CampaignSQL.isLive(now))) ON e.id = w.id AND e.deleted_at IS NULL
      ), buckets AS (
        SELECT wanted.id, wanted.until, first.fire_at FROM wanted CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = wanted.id AND l.state < \(literal: EntryState.running)
            AND l.fire_at <= wanted.until
          ORDER BY l.fire_at LIMIT 1) AS first
        WHERE wanted.is_live
        UNION ALL
        SELECT buckets.id, buckets.until, next.fire_at FROM buckets CROSS JOIN LATERAL (
          SELECT fire_at FROM campaign_log l
          WHERE l.event_id = buckets.id AND l.state < \(literal: EntryState.running)
            AND l.fire_at <= buckets.until
            AND l.fire_at > greatest(\(now)::timestamptz, to_timestamp(\(sql: end(now))))
          ORDER BY l.fire_at LIMIT 1) AS next
      )
      SELECT id, fire_at FROM buckets
      UNION ALL
      -- A claim whose worker dies is due again at the end of its lease (CAM-462).
      SELECT l.event_id, min(l.lease_until) FROM campaign_log l JOIN wanted ON wanted.id = l.event_id
      WHERE l.state = \(literal: EntryState.running)
        AND (wanted.is_live OR l.lease_until > \(now))
      GROUP BY l.event_id
      """)
    var timers: Set<TimerBucket> = []
    for row in rows {
      let (event, fire) = try row.decode(Int64.self, Date.self)
      timers.insert(TimerBucket(event: event, at: fire, now: now))
    }
    return timers
  }

  /// The end of the bucket in which `buckets.fire_at` waits, in seconds since 1970: that of
  /// ``TimerBucket/init(event:at:now:)``.
  private static func end(_ now: Date) -> SQL {
    // Whole microseconds, so that nothing between two buckets is missed by a rounding error.
    let fire: SQL = "(extract(epoch FROM buckets.fire_at) * 1000000)::bigint"
    func end(_ length: TimerBucket.Length) -> SQL {
      let micros = length.rawValue * 1000
      return "(\(sql: fire) + \(micros - 1)) / \(micros) * \(micros)"
    }
    var cases: SQL = ""
    for length in TimerBucket.Length.far {
      let distance = (length.rawValue + length.lead) * 1000
      cases.append(
        """
         WHEN \(sql: end(length)) - \(distance)
          > (extract(epoch FROM \(now)::timestamptz) * 1000000)::bigint THEN \(sql: end(length))
        """)
    }
    return "(CASE\(sql: cases) ELSE \(sql: end(.instant)) END) / 1000000.0"
  }

  /// Returns some events of live campaigns, by their ids.
  static func liveEvents(
    after last: Int64, campaign: Int64?, limit: Int, now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT e.id FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
      WHERE e.id > \(last) AND e.deleted_at IS NULL AND \(sql: CampaignSQL.isLive(now))
        AND (\(campaign)::bigint IS NULL OR c.id = \(campaign)::bigint)
      ORDER BY e.id LIMIT \(limit)
      """)
    return try rows.map { try $0.decode("id") }
  }

  /// Returns the names of events and of their campaigns.
  static func names(of events: [Int64], on connection: PostgresConnection) async throws -> [Int64:
    (name: String, campaign: Int64, campaignName: String)]
  {
    let rows = try await connection.query(
      """
      SELECT e.id, e.name, c.id, c.name FROM campaign_events e
      JOIN campaigns c ON c.id = e.campaign_id WHERE e.id = ANY (\(events))
      """)
    var names: [Int64: (name: String, campaign: Int64, campaignName: String)] = [:]
    for row in rows {
      let (event, name, campaign, title) = try row.decode(
        Int64.self, String.self, Int64.self, String.self)
      names[event] = (name, campaign, title)
    }
    return names
  }

  /// Returns the number of entries that wait in each of some buckets.
  static func counts(
    of buckets: [TimerBucket], on connection: PostgresConnection
  ) async throws -> [Int] {
    let rows = try await connection.query(
      """
      SELECT (SELECT count(*) FROM campaign_log l
        WHERE l.event_id = b.event AND l.state < \(literal: EntryState.running)
          AND l.fire_at > to_timestamp(b.first / 1000.0)
          AND l.fire_at <= to_timestamp(b.last / 1000.0))
      FROM unnest(\(buckets.map(\.event)), \(buckets.map(\.begin)),
        \(buckets.map(\.milliseconds))) WITH ORDINALITY AS b (event, first, last, number)
      ORDER BY b.number
      """)
    return try rows.map { try $0.decode(at: 0) }
  }

  /// The transactions of this database that write.
  struct RunningTransactions: Sendable {
    /// The id of the oldest one; nil if none runs.
    var oldest: Int64?
    /// An id that is greater than those of all that run.
    var next: Int64
  }

  /// Returns the transactions of this database that have an id and run. Those of other databases of the server, which a
  /// snapshot names too, may take long and write nothing here.
  static func transactions(
    on connection: PostgresConnection
  ) async throws -> RunningTransactions {
    let rows = try await connection.query(
      """
      SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, ARRAY(
        SELECT l.transactionid::text::bigint FROM pg_locks l
        LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND (a.pid IS NULL OR a.datname = current_database()))
      """)
    guard let row = rows.first else { return RunningTransactions(oldest: 0, next: .max) }
    let (end, short) = try row.decode(Int64.self, [Int64].self)
    // Locks name the lower half of an id; all that run are near the snapshot's.
    let running = short.map { end + Int64(Int32(truncatingIfNeeded: $0 &- end)) }
    return RunningTransactions(
      oldest: running.min(), next: max(end, (running.max() ?? 0) + 1))
  }

  /// Returns the deleted events with entries whose lease has lapsed, because their worker died (CAM-462).
  static func eventsWithLapsedLeases(
    now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT DISTINCT l.event_id FROM campaign_log l
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NOT NULL
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
