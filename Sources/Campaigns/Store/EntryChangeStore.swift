import Foundation
import Postgres

/// An entry before a manual change.
struct PresentEntry: Sendable {
  var state: EntryState
  var rotation: Int
  var fire: Date?
  var executed: Date?
  /// Whether its fire time was set into the past when it was written.
  var isSetIntoPast: Bool
}

/// An entry as written by hand.
struct WrittenEntry: Sendable {
  var rotation: Int
  var state: EntryState
  var path: Bool?
  var ip: Int64?
  var metadata: JSON?
}

/// Reads and writes the entries of one contact and event for manual changes.
struct EntryChangeStore {
  let connection: PostgresConnection
  let campaign: Int64
  let event: Int64
  let contact: Int64
  let now: Date

  /// Locks the current entry: a scheduled one, else the latest.
  func lock() async throws -> PresentEntry? {
    let rows = try await connection.query(
      """
      SELECT state, rotation, fire_at, executed_at, fire_at < base_at AS is_early FROM campaign_log
      WHERE contact_id = \(contact) AND event_id = \(event)
      ORDER BY state = \(literal: EntryState.scheduled) DESC, rotation DESC LIMIT 1 FOR UPDATE
      """)
    return try rows.first.map { row in
      PresentEntry(
        state: EntryState(rawValue: try row.decode("state")) ?? .cancelled,
        rotation: try row.decode("rotation"), fire: try row.decode("fire_at"),
        executed: try row.decode("executed_at"),
        isSetIntoPast: try row.decode("is_early", as: Bool?.self) ?? false)
    }
  }

  /// Adds details to an entry; those not given stay.
  func annotate(_ change: EntryChange, rotation: Int, ip: Int64?, metadata: JSON?) async throws {
    try await connection.query(
      """
      UPDATE campaign_log SET ip_id = coalesce(\(ip), ip_id),
        metadata = coalesce(\(metadata)::jsonb, metadata),
        channel = coalesce(\(change.channel)::text, channel),
        channel_id = coalesce(\(change.channelID)::bigint, channel_id)
      WHERE contact_id = \(contact) AND event_id = \(event) AND rotation = \(rotation)
      """)
  }

  /// Writes an entry as scheduled or executed.
  ///
  /// - Returns: Whether the entry is new.
  func write(_ change: EntryChange, _ entry: WrittenEntry) async throws -> Bool {
    let isExecuted = change.isExecuted
    let written = try await connection.query(
      """
      INSERT INTO campaign_log AS l (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path, pinned, ip_id, metadata, channel, channel_id)
      VALUES (\(contact), \(event), \(entry.rotation), \(campaign), \(now),
        \(change.triggerDate ?? change.dateTriggered)::timestamptz,
        \(isExecuted ? change.dateTriggered : nil)::timestamptz, \(entry.state.rawValue),
        \(entry.path)::boolean, \(!isExecuted), \(entry.ip)::bigint, \(entry.metadata)::jsonb,
        \(change.channel)::text, \(change.channelID)::bigint)
      ON CONFLICT (contact_id, event_id, rotation) DO UPDATE SET fire_at = excluded.fire_at,
        executed_at = excluded.executed_at, state = excluded.state, path = excluded.path,
        pinned = excluded.pinned, ip_id = coalesce(excluded.ip_id, l.ip_id),
        metadata = coalesce(excluded.metadata, l.metadata), cancel_reason = NULL,
        channel = coalesce(excluded.channel, l.channel),
        channel_id = coalesce(excluded.channel_id, l.channel_id), attempts = 0,
        error = CASE WHEN excluded.state = \(literal: EntryState.scheduled) THEN l.error END
      RETURNING xmax = 0 AS is_new
      """)
    return try written.first?.decode("is_new") ?? false
  }

  /// Cancels the current entry if it is scheduled for the future.
  ///
  /// - Returns: Its state before, and whether it was cancelled; nil without an entry.
  static func cancel(
    _ event: Int64, contact: Int64, now: Date, on pool: PostgresPool
  ) async throws -> (state: EntryState?, isCancelled: Bool)? {
    let rows = try await pool.query(
      """
      WITH found AS (
        SELECT contact_id, event_id, rotation, state, fire_at FROM campaign_log
        WHERE contact_id = \(contact) AND event_id = \(event)
        ORDER BY state = \(literal: EntryState.scheduled) DESC, rotation DESC LIMIT 1 FOR UPDATE
      ), written AS (
        UPDATE campaign_log l SET state = \(literal: EntryState.cancelled), cancel_reason = 'user'
        FROM found f
        WHERE l.contact_id = f.contact_id AND l.event_id = f.event_id AND l.rotation = f.rotation
          AND f.state = \(literal: EntryState.scheduled) AND f.fire_at > \(now)
        RETURNING 1
      )
      SELECT f.state, EXISTS (SELECT FROM written) AS is_cancelled FROM found f
      """)
    guard let row = rows.first else { return nil }
    return (EntryState(rawValue: try row.decode("state")), try row.decode("is_cancelled"))
  }
}
