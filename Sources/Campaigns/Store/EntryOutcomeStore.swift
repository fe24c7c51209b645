import Foundation
import Postgres

/// Records outcomes of entries of one event in a campaign's log: notes, further attempts, failures.
struct EntryOutcomeStore {
  let connection: PostgresConnection
  let event: CampaignEvent
  let now: Date

  /// Records why entries had no effect.
  func note(_ entries: [Entry], _ note: String) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET note = \(note)
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      """)
  }

  /// Records failed deliveries of e-mails on the latest executed entries of contacts.
  func noteUndelivered(_ failures: [(contact: Int64, reason: String)]) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET error = failure.reason
      FROM unnest(\(failures.map(\.contact)),
        \(failures.map { "the e-mail could not be delivered: \($0.reason)" }))
        AS failure (contact, reason)
      WHERE l.contact_id = failure.contact AND l.event_id = \(event.id)
        AND l.state = \(literal: EntryState.executed)
        AND l.rotation = (SELECT max(rotation) FROM campaign_log o
          WHERE o.contact_id = l.contact_id AND o.event_id = l.event_id)
      """)
  }

  /// Ends claimed entries without effect, as they have no date (CAM-218).
  func endWithoutDate(_ entries: [DueEntry]) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(literal: EntryState.executed), executed_at = \(now),
        path = NULL, note = \(Note.noDate), lease_until = NULL, lease_token = NULL
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.entry.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      """)
  }

  /// Puts claimed entries back until an instant; decisions without one wait for an engagement only.
  func reschedule(_ entries: [(entry: DueEntry, fire: Date?)]) async throws {
    let state: EntryState = event.kind == .decision ? .waiting : .scheduled
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(state.rawValue),
        executed_at = NULL, path = NULL, fire_at = back.fire, lease_until = NULL, lease_token = NULL
      FROM unnest(\(entries.map(\.entry.contact)), \(entries.map { Int32($0.entry.entry.rotation) }),
        \(entries.map(\.fire))::timestamptz[]) AS back (contact, rotation, fire)
      WHERE l.contact_id = back.contact AND l.event_id = \(event.id) AND l.rotation = back.rotation
      """)
  }

  /// Schedules another attempt for entries that failed.
  func retry(_ entries: [(entry: Entry, fire: Date, error: String)]) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(literal: EntryState.scheduled), executed_at = NULL,
        attempts = attempts + 1,
        fire_at = entry.fire, error = entry.error, lease_until = NULL, lease_token = NULL
      FROM unnest(\(entries.map(\.entry.contact)), \(entries.map { Int32($0.entry.rotation) }),
        \(entries.map(\.fire)), \(entries.map(\.error))) AS entry (contact, rotation, fire, error)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      """)
  }

  /// Gives up failed entries: as failed, or as cancelled because the contact has left.
  func giveUp(
    _ entries: [(entry: Entry, error: String)], hasLeft: Bool = false
  ) async throws {
    let state: EntryState = hasLeft ? .cancelled : .failed
    let reason = hasLeft ? CancelReason.left : nil
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(state.rawValue), executed_at = \(hasLeft ? nil : now),
        attempts = attempts + 1,
        error = entry.error, cancel_reason = \(reason)::text, lease_until = NULL,
        lease_token = NULL
      FROM unnest(\(entries.map(\.entry.contact)), \(entries.map { Int32($0.entry.rotation) }),
        \(entries.map(\.error))) AS entry (contact, rotation, error)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      """)
  }
}
