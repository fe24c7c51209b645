import Contacts
import Foundation
import JobQueue
package import Postgres
package import Query

/// Reads campaigns from the database, except deleted ones.
package struct CampaignStore: Sendable {
  private let pool: PostgresPool

  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns the campaign with an id.
  package func campaign(_ id: Int64) async throws -> Campaign? {
    try await pool.withConnection { try await Self.find("campaigns.id = \(id)", on: $0).first }
  }

  /// Whether a campaign exists.
  package func exists(_ id: Int64) async throws -> Bool {
    try await !pool.query("SELECT FROM campaigns WHERE id = \(id) AND deleted_at IS NULL").isEmpty
  }

  /// Returns the version of a campaign and whether it is live at an instant; nil if it does not exist.
  static func liveness(
    _ id: Int64, now: Date, on connection: PostgresConnection
  ) async throws -> (version: Int64, isLive: Bool, isSuspect: Bool)? {
    let rows = try await connection.query(
      """
      SELECT c.version, \(sql: CampaignSQL.isLive(now)), coalesce(c.suspect_until > \(now)
        AND c.suspect_until <= \(now.addingTimeInterval(suspicion)), false)
      FROM campaigns c WHERE c.id = \(id) AND c.deleted_at IS NULL
      """)
    guard let row = rows.first else { return nil }
    let (version, isLive, isSuspect) = try row.decode(Int64.self, Bool.self, Bool.self)
    return (version, isLive, isSuspect)
  }

  /// The time for which a campaign is suspect after the death of a worker, in seconds: enough for all attempts of an
  /// entry. A later instant was written by a clock that was ahead.
  static let suspicion: TimeInterval = 300

  /// Notes that a worker died while it worked on a campaign (CAM-463).
  static func suspect(_ id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE campaigns SET suspect_until = \(transaction.now.addingTimeInterval(suspicion))
      WHERE id = \(id)
      """)
  }

  /// Records which campaigns are live, by their window or their category.
  ///
  /// - Returns: The campaigns that became live.
  static func noteLiveness(in transaction: Transaction) async throws -> [Int64] {
    let rows = try await transaction.query(
      """
      UPDATE campaigns AS c SET was_live = \(sql: CampaignSQL.isLive(transaction.now))
      WHERE c.was_live <> \(sql: CampaignSQL.isLive(transaction.now)) RETURNING c.id, c.was_live
      """)
    return try rows.compactMap { row in
      let (id, isLive) = try row.decode(Int64.self, Bool.self)
      return isLive ? id : nil
    }
  }

  /// Deletes a campaign marked as deleted, with its counters.
  static func purge(_ id: Int64, on connection: PostgresConnection) async throws {
    try await connection.pipeline([
      "DELETE FROM campaign_event_hours WHERE campaign_id = \(id)",
      "DELETE FROM campaign_event_counts WHERE campaign_id = \(id)",
      "DELETE FROM campaign_member_hours WHERE campaign_id = \(id)",
      "DELETE FROM campaigns WHERE id = \(id) AND deleted_at IS NOT NULL",
    ])
  }

  /// Returns a page of campaigns, and their total.
  ///
  /// - Parameters:
  ///   - start: The number of rows to skip.
  ///   - limit: The maximum number of rows.
  ///   - condition: A condition on the table `campaigns`.
  ///   - order: `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY campaigns.id"
  ) async throws -> (campaigns: [Campaign], total: Int) {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      let count = try await connection.query(
        "SELECT count(*) FROM campaigns WHERE deleted_at IS NULL AND (\(sql: condition))")
      let campaigns = try await Self.find(
        condition, order: order, rest: "LIMIT \(limit) OFFSET \(start)", on: connection)
      return (campaigns, try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// Returns a page of the events of all campaigns, with the campaign of each.
  package func events(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY e.id"
  ) async throws -> (events: [(event: CampaignEvent, campaign: Int64)], total: Int) {
    try await pool.transaction(isolation: .repeatableRead, readOnly: true) { connection in
      let present: SQL = """
        campaign_events e WHERE e.deleted_at IS NULL AND (\(sql: condition)) AND EXISTS (
          SELECT FROM campaigns c WHERE c.id = e.campaign_id AND c.deleted_at IS NULL)
        """
      let count = try await connection.query("SELECT count(*) FROM \(sql: present)")
      let rows = try await connection.query(
        """
        SELECT \(sql: EventRows.columns), campaign_id FROM \(sql: present)
        \(sql: order) LIMIT \(limit) OFFSET \(start)
        """)
      return (
        try rows.map { (try EventRows.event($0), try $0.decode("campaign_id")) },
        try count.first?.decode(at: 0) ?? 0
      )
    }
  }

  /// Returns an event of a campaign if neither is deleted.
  static func event(
    _ id: Int64, on connection: PostgresConnection
  ) async throws -> CampaignEvent? {
    let rows = try await connection.query(
      """
      SELECT \(sql: EventRows.columns) FROM campaign_events e
      WHERE id = \(id) AND deleted_at IS NULL AND EXISTS (
        SELECT FROM campaigns c WHERE c.id = e.campaign_id AND c.deleted_at IS NULL)
      """)
    return try rows.first.map(EventRows.event)
  }

  /// Returns campaigns that satisfy a condition, with sources and events from further statements.
  static func find(
    _ condition: SQL, order: SQL = "ORDER BY campaigns.id", rest: SQL = "",
    on connection: PostgresConnection
  ) async throws -> [Campaign] {
    let rows = try await connection.query(
      """
      SELECT id, name, description, category_id, is_published, publish_up, publish_down,
        allow_restart, version, canvas, \(sql: RecordDates.columns(of: "campaigns"))
      FROM campaigns WHERE deleted_at IS NULL AND (\(sql: condition))
      \(sql: order) \(sql: rest)
      """)
    guard !rows.isEmpty else { return [] }
    let ids: [Int64] = try rows.map { try $0.decode("id") }
    let parts = try await connection.pipeline([
      """
      SELECT campaign_id, kind, source_id FROM campaign_sources
      WHERE campaign_id = ANY (\(ids)) ORDER BY kind, source_id
      """,
      """
      SELECT \(sql: EventRows.columns), campaign_id FROM campaign_events
      WHERE campaign_id = ANY (\(ids)) AND deleted_at IS NULL ORDER BY id
      """,
    ])
    var sources: [Int64: [CampaignSource]] = [:]
    for row in parts[0] {
      let kind = CampaignSource.Kind(rawValue: try row.decode("kind")) ?? .segment
      sources[try row.decode("campaign_id"), default: []].append(
        CampaignSource(kind, try row.decode("source_id")))
    }
    var events: [Int64: [CampaignEvent]] = [:]
    for row in parts[1] {
      events[try row.decode("campaign_id"), default: []].append(try EventRows.event(row))
    }
    let categories = try await CategoryStore.categories(
      Set(try rows.compactMap { try $0.decode("category_id", as: Int64?.self) }).sorted(),
      on: connection)
    return try rows.map { row in
      let id: Int64 = try row.decode("id")
      return Campaign(
        id: id, name: try row.decode("name"), description: try row.decode("description"),
        category: try row.decode("category_id", as: Int64?.self).flatMap { categories[$0] },
        isPublished: try row.decode("is_published"), publishUp: try row.decode("publish_up"),
        publishDown: try row.decode("publish_down"), allowsRestart: try row.decode("allow_restart"),
        version: try row.decode("version"),
        canvas: try row.decode("canvas", as: JSON.self).decode(), sources: sources[id] ?? [],
        events: events[id] ?? [], dates: try RecordDates(row))
    }
  }
}

extension ListQuery {
  /// The list of events, with conditions on `campaign_events AS e`.
  package static let campaignEvents = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "e"), QueryColumn("name", .text, of: "e"),
      QueryColumn("description", .text, of: "e"), QueryColumn("type", .text, of: "e"),
      QueryColumn("event_type", .text, sql: "e.kind"),
      QueryColumn("order", .integer, sql: "e.position", otherNames: ["event_order"]),
      QueryColumn("parent_id", .integer, of: "e", otherNames: ["parent"]),
      QueryColumn("campaign_id", .integer, of: "e", otherNames: ["campaign"]),
      QueryColumn("channel", .text, of: "e"), QueryColumn("channel_id", .integer, of: "e"),
    ], mainColumns: ["name", "description"], own: ofOwnCampaigns("e.campaign_id"))

  /// The condition of rows that belong to campaigns which the user created.
  static func ofOwnCampaigns(_ campaign: SQL) -> @Sendable (SearchContext) -> SQL {
    { "\(sql: campaign) IN (SELECT id FROM campaigns WHERE created_by = \($0.user))" }
  }

  /// The list of campaigns, with conditions on the table `campaigns`, without an alias.
  package static let campaigns = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "campaigns"), QueryColumn("name", .text, of: "campaigns"),
      QueryColumn("description", .text, of: "campaigns"),
      QueryColumn("category_id", .integer, of: "campaigns", otherNames: ["category"]),
      QueryColumn("allow_restart", .boolean, of: "campaigns"),
      QueryColumn("publish_up", .instant, of: "campaigns"),
      QueryColumn("publish_down", .instant, of: "campaigns"),
    ] + published("campaigns"),
    mainColumns: ["name", "description"])
}
