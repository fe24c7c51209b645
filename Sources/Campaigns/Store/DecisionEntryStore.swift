import Foundation
import Postgres

/// An entry of a decision that waits for an engagement.
struct OpenDecision: Sendable {
  var contact: Int64
  var event: Int64
  var rotation: Int
  /// The instant at which it opened.
  var opened: Date
}

/// Reads and decides entries of decisions in one campaign's log.
struct DecisionEntryStore {
  let connection: PostgresConnection
  let campaign: Int64

  /// Locks the open entries of decisions for contacts, whose members the caller has locked.
  func lockOpen(of contacts: [Int64], _ events: [CampaignEvent]) async throws -> [OpenDecision] {
    let rows = try await connection.query(
      """
      SELECT contact_id, event_id, rotation, base_at FROM campaign_log
      WHERE contact_id = ANY (\(contacts)) AND event_id = ANY (\(events.map(\.id)))
        AND state = \(literal: EntryState.waiting)
      ORDER BY contact_id, event_id, rotation FOR UPDATE
      """)
    return try rows.map { row in
      OpenDecision(
        contact: try row.decode("contact_id"), event: try row.decode("event_id"),
        rotation: try row.decode("rotation"), opened: try row.decode("base_at"))
    }
  }

  /// Decides open entries as `yes`.
  ///
  /// - Parameter dates: The instants of the engagements, in the order of the entries.
  /// - Returns: The contacts whose entries were still open.
  func decide(
    _ event: CampaignEvent, _ entries: [Entry], at dates: [Date]
  ) async throws -> Set<Int64> {
    let rows = try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(literal: EntryState.executed), path = true,
        by_contact = true, executed_at = entry.at, fire_at = entry.at
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }),
        \(dates)) AS entry (contact, rotation, at)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation AND l.state = \(literal: EntryState.waiting)
      RETURNING l.contact_id
      """)
    return Set(try rows.map { try $0.decode("contact_id", as: Int64.self) })
  }

  /// Closes the open decisions of jumping contacts; their scheduled entries stay (CAM-342).
  func closeStatement(of contacts: [Int64]) -> SQL {
    """
    UPDATE campaign_log SET state = \(literal: EntryState.cancelled), cancel_reason = 'left',
      note = 'the contact jumped to another event'
    WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      AND state = \(literal: EntryState.waiting)
    """
  }

  /// Changes the deadlines of open entries.
  func setDeadlines(_ event: CampaignEvent, _ entries: [OpenDecision], _ deadlines: [Date?])
    async throws
  {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET fire_at = new.fire
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }),
        \(deadlines)::timestamptz[]) AS new (contact, rotation, fire)
      WHERE l.contact_id = new.contact AND l.event_id = \(event.id) AND l.rotation = new.rotation
        AND l.fire_at IS DISTINCT FROM new.fire
      """)
  }

  /// Returns the live campaigns with an open decision of one of the types for one of the contacts.
  static func campaignsWithOpen(
    _ types: [String], for contacts: [Int64], now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT DISTINCT l.campaign_id FROM campaign_log l
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NULL
        JOIN campaigns c ON c.id = l.campaign_id
      WHERE l.contact_id = ANY (\(contacts)) AND l.state = \(literal: EntryState.waiting)
        AND e.type = ANY (\(types)) AND \(sql: CampaignSQL.isLive(now))
      ORDER BY l.campaign_id
      """)
    return try rows.map { try $0.decode("campaign_id") }
  }
}
