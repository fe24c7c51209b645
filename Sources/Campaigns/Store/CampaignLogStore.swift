package import Foundation
package import Postgres
package import Primitives
package import Query

/// One event for one contact in one rotation (campaigns.md 2.5).
package struct LogEntry: Sendable {
  /// The entry's id.
  package var id: Int64
  package var event: Int64
  package var campaign: Int64
  package var contact: Int64
  package var rotation: Int
  /// The state.
  package var state: EntryState
  /// The path taken; nil without paths.
  package var path: Bool?
  /// The start of the delay.
  package var base: Date
  /// The fire time.
  package var fire: Date?
  /// The instant at which it was executed or given up.
  package var executed: Date?
  /// The number of failed attempts.
  package var attempts: Int
  /// Whether a user set the fire time.
  package var isPinned: Bool
  /// The reason for no effect.
  package var note: String?
  /// The last failure.
  package var error: String?
  /// The reason of its cancellation.
  package var cancelReason: String?
  /// The kind of its channel.
  package var channel: String?
  /// The id of the channel's record.
  package var channelID: Int64?
  /// The IP address of the contact's engagement.
  package var ipAddress: String?
  /// Further details.
  package var metadata: JSONValue?

  /// Whether it is still to be executed.
  package var isScheduled: Bool { state == .scheduled || state == .running }
}

/// Reads log entries from the database.
package struct CampaignLogStore: Sendable {
  private let pool: PostgresPool

  init(pool: PostgresPool) { self.pool = pool }

  private static let columns: SQL = """
    l.id, l.event_id, l.campaign_id, l.contact_id, l.rotation, l.state, l.path, l.base_at,
    l.fire_at, l.executed_at, l.attempts, l.pinned, l.note, l.error, l.cancel_reason, l.channel,
    l.channel_id, host(ip.address) AS ip_address, l.metadata
    """

  private static let source: SQL = "campaign_log AS l LEFT JOIN ip_addresses ip ON ip.id = l.ip_id"

  private static func entry(_ row: PostgresRow) throws -> LogEntry {
    LogEntry(
      id: try row.decode("id"), event: try row.decode("event_id"),
      campaign: try row.decode("campaign_id"), contact: try row.decode("contact_id"),
      rotation: try row.decode("rotation"),
      state: EntryState(rawValue: try row.decode("state")) ?? .cancelled,
      path: try row.decode("path"), base: try row.decode("base_at"),
      fire: try row.decode("fire_at"), executed: try row.decode("executed_at"),
      attempts: Int(try row.decode("attempts", as: Int16.self)),
      isPinned: try row.decode("pinned"), note: try row.decode("note"),
      error: try row.decode("error"), cancelReason: try row.decode("cancel_reason"),
      channel: try row.decode("channel"), channelID: try row.decode("channel_id"),
      ipAddress: try row.decode("ip_address"),
      metadata: try row.decode("metadata", as: JSON?.self)?.decode(JSONValue.self))
  }

  /// The condition that hides entries of deleted events and campaigns.
  private static let isShown: SQL = """
    EXISTS (SELECT FROM campaign_events shown JOIN campaigns c ON c.id = shown.campaign_id
      WHERE shown.id = l.event_id AND c.deleted_at IS NULL)
    """

  /// Returns a page of a contact's past and scheduled entries, and their total.
  ///
  /// - Parameters:
  ///   - contact: The contact.
  ///   - start: The number of rows to skip.
  ///   - limit: The maximum number of rows.
  ///   - condition: A condition on entries `l` and their events `e`.
  ///   - order: `ORDER BY …`; newest first by default.
  package func page(
    of contact: Int64, start: Int, limit: Int, where condition: SQL = "true", order: SQL? = nil
  ) async throws -> (entries: [LogEntry], total: Int) {
    let shown: SQL = """
      \(literal: EntryState.scheduled), \(literal: EntryState.running),
      \(literal: EntryState.executed), \(literal: EntryState.failed)
      """
    let condition: SQL = """
      l.contact_id = \(contact) AND l.state IN (\(sql: shown)) AND \(sql: Self.isShown)
        AND (\(sql: condition))
      """
    return try await pool.page(
      Self.columns,
      from: "\(sql: Self.source) JOIN campaign_events e ON e.id = l.event_id", where: condition,
      order: order ?? "ORDER BY coalesce(l.executed_at, l.fire_at, l.base_at) DESC, l.id DESC",
      start: start, limit: limit
    ) { rows, _ in try rows.map(Self.entry) }
  }

  /// Returns the entries of a contact in a campaign, by time; at most 10,000 of them.
  ///
  /// - Parameter rotation: The rotation; nil for all.
  package func entries(
    of contact: Int64, in campaign: Int64, rotation: Int? = nil
  ) async throws -> [LogEntry] {
    let only: SQL = rotation.map { "AND l.rotation = \($0)" } ?? ""
    return try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM \(sql: Self.source)
      WHERE l.contact_id = \(contact) AND l.campaign_id = \(campaign) \(sql: only)
      ORDER BY coalesce(l.executed_at, l.fire_at, l.base_at), l.id LIMIT 10000
      """
    ).map(Self.entry)
  }

  /// Returns the current entry of a contact and an event: the latest.
  package func entry(_ event: Int64, contact: Int64) async throws -> LogEntry? {
    try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM \(sql: Self.source)
      WHERE l.contact_id = \(contact) AND l.event_id = \(event)
      ORDER BY l.state = \(literal: EntryState.scheduled) DESC, l.rotation DESC LIMIT 1
      """
    ).first.map(Self.entry)
  }

  /// Returns a page of the entries of an event that are open, the next first, or that were given up, the latest first; and
  /// their total.
  ///
  /// - Parameters:
  ///   - isFailed: Whether those given up.
  ///   - owner: The owner of the contacts; nil for those of all.
  package func page(
    at event: Int64, isFailed: Bool, owner: Int64? = nil, start: Int, limit: Int
  ) async throws -> (entries: [LogEntry], total: Int) {
    let state: SQL =
      isFailed
      ? "l.state = \(literal: EntryState.failed)" : "l.state < \(literal: EntryState.running)"
    let contacts: SQL =
      owner.map { "AND l.contact_id IN (\(sql: ListQuery.contacts(of: $0)))" } ?? ""
    return try await pool.page(
      Self.columns, from: Self.source,
      where: "l.event_id = \(event) AND \(sql: state) \(sql: contacts)",
      order: isFailed
        ? "ORDER BY l.executed_at DESC, l.contact_id" : "ORDER BY l.fire_at, l.contact_id",
      start: start, limit: limit
    ) { rows, _ in try rows.map(Self.entry) }
  }

  /// Returns the next entries due after an instant, of all live campaigns (CAM-806).
  ///
  /// Each event yields only as many as the page needs, by its index of due entries.
  ///
  /// - Parameters:
  ///   - owner: The owner of the contacts; nil for those of all.
  ///   - creator: The user who created the campaigns; nil for those of all.
  package func upcoming(
    after now: Date, owner: Int64? = nil, creator: Int64? = nil, start: Int, limit: Int
  ) async throws -> [LogEntry] {
    let last = start + limit
    let contacts: SQL =
      owner.map { "AND l.contact_id IN (\(sql: ListQuery.contacts(of: $0)))" } ?? ""
    let campaigns: SQL = creator.map { "AND c.created_by = \($0)" } ?? ""
    return try await pool.query(
      """
      SELECT \(sql: Self.columns) FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
        CROSS JOIN LATERAL (
          SELECT * FROM campaign_log l WHERE l.event_id = e.id AND l.state < \(literal: EntryState.running)
            AND l.state = \(literal: EntryState.scheduled)
            AND l.fire_at > \(now) \(sql: contacts)
          ORDER BY l.fire_at LIMIT \(last)) AS l
        LEFT JOIN ip_addresses ip ON ip.id = l.ip_id
      WHERE e.deleted_at IS NULL AND e.kind <> 'decision' AND \(sql: CampaignSQL.isLive(now))
        \(sql: campaigns)
      ORDER BY l.fire_at, l.id LIMIT \(limit) OFFSET \(start)
      """
    ).map(Self.entry)
  }
}

extension ListQuery {
  /// The list of a contact's entries, with conditions on entries `l` and their events `e`.
  package static let campaignLog = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "l"),
      QueryColumn("event_id", .integer, of: "l", otherNames: ["event"]),
      QueryColumn("campaign_id", .integer, of: "l", otherNames: ["campaign"]),
      QueryColumn("name", .text, of: "e"), QueryColumn("type", .text, of: "e"),
      QueryColumn("rotation", .integer, of: "l"),
      QueryColumn("date_triggered", .instant, sql: "l.executed_at"),
      QueryColumn("trigger_date", .instant, sql: "l.fire_at"),
      QueryColumn(
        "is_scheduled", .boolean,
        sql: "(l.state IN (\(literal: EntryState.scheduled), \(literal: EntryState.running)))"),
      QueryColumn("channel", .text, of: "l"), QueryColumn("channel_id", .integer, of: "l"),
    ], mainColumns: ["name"], own: ofOwnCampaigns("l.campaign_id"))
}
