import Foundation
import JobQueue
import Postgres
import Users

/// Writes one campaign, its sources and its events, in a transaction at an instant.
struct CampaignWriteStore {
  let connection: PostgresConnection
  let campaign: Int64
  let now: Date

  /// Inserts an empty campaign.
  ///
  /// - Returns: Its id.
  static func insert(by author: Author, in transaction: Transaction) async throws -> Int64 {
    let rows = try await transaction.query(
      """
      INSERT INTO campaigns (name, date_added, created_by, created_by_user)
      VALUES ('…', \(transaction.now), \(author.id)::bigint, \(author.name)::text) RETURNING id
      """)
    return try rows[0].decode("id")
  }

  /// Locks the campaign for an edit.
  ///
  /// - Returns: Whether it exists.
  func lock() async throws -> Bool {
    try await !connection.query(
      "SELECT FROM campaigns WHERE id = \(campaign) AND deleted_at IS NULL FOR NO KEY UPDATE"
    ).isEmpty
  }

  /// Writes the campaign's own columns.
  func write(
    _ after: Campaign, category: Int64?, isNew: Bool, by author: Author
  ) async throws {
    try await connection.query(
      """
      UPDATE campaigns SET name = \(after.name), description = \(after.description)::text,
        category_id = \(category)::bigint, is_published = \(after.isPublished),
        publish_up = \(after.publishUp)::timestamptz, publish_down = \(after.publishDown)::timestamptz,
        allow_restart = \(after.allowsRestart), canvas = \(try JSON(after.canvas)),
        version = version + \(isNew ? 0 : 1),
        date_modified = \(now), modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      WHERE id = \(campaign)
      """)
  }

  /// Marks the campaign as deleted.
  ///
  /// - Returns: Whether it was not marked before.
  func markDeleted() async throws -> Bool {
    let deleted = try await connection.query(
      """
      UPDATE campaigns SET deleted_at = \(now), is_published = false, was_live = false,
        version = version + 1 WHERE id = \(campaign) AND deleted_at IS NULL
      """)
    guard deleted.affected == 1 else { return false }
    try await connection.query("DELETE FROM campaign_sources WHERE campaign_id = \(campaign)")
    return true
  }

  /// Records whether the campaign is live.
  func noteLiveness() async throws {
    try await connection.query(
      """
      UPDATE campaigns AS c SET was_live = \(sql: CampaignSQL.isLive(now)) WHERE c.id = \(campaign)
      """)
  }

  // MARK: Sources

  /// Locks segments against deletion.
  ///
  /// - Returns: Those that exist.
  func lockSegments(_ segments: [Int64]) async throws -> Set<Int64> {
    let rows = try await connection.query(
      "SELECT id FROM segments WHERE id = ANY (\(segments)) ORDER BY id FOR KEY SHARE")
    return Set(try rows.map { try $0.decode("id", as: Int64.self) })
  }

  func removeSources(_ sources: [CampaignSource]) async throws {
    try await connection.query(
      """
      DELETE FROM campaign_sources USING unnest(\(sources.map(\.kind.rawValue)),
        \(sources.map(\.id))) AS removed (kind, id)
      WHERE campaign_id = \(campaign) AND campaign_sources.kind = removed.kind
        AND source_id = removed.id
      """)
  }

  func addSources(_ sources: [CampaignSource]) async throws {
    try await connection.query(
      """
      INSERT INTO campaign_sources (campaign_id, kind, source_id)
      SELECT \(campaign), kind, source FROM unnest(\(sources.map(\.kind.rawValue)),
        \(sources.map(\.id))) AS added (kind, source)
      """)
  }

  /// Makes segments announce moves of contacts while a campaign has them as a source.
  static func updateAnnouncing(
    _ sources: [CampaignSource], on connection: PostgresConnection
  ) async throws {
    let segments = sources.filter { $0.kind == .segment }.map(\.id).sorted()
    guard !segments.isEmpty else { return }
    try await connection.query(
      """
      WITH held AS (SELECT id FROM segments WHERE id = ANY (\(segments)) ORDER BY id FOR NO KEY UPDATE)
      UPDATE segments s SET announces = EXISTS (
        SELECT FROM campaign_sources c WHERE c.kind = 'segment' AND c.source_id = s.id)
      FROM held WHERE s.id = held.id
      """)
  }

  // MARK: Events

  /// Returns ids for new events.
  func newEventIDs(_ count: Int) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT nextval(pg_get_serial_sequence('campaign_events', 'id')) AS id
      FROM generate_series(1, \(count))
      """)
    return try rows.map { try $0.decode("id") }
  }

  /// Marks events as deleted.
  func deleteEvents(_ events: [Int64]) async throws {
    try await connection.query(
      "UPDATE campaign_events SET deleted_at = \(now) WHERE id = ANY (\(events))")
  }

  /// Inserts or updates events.
  func writeEvents(_ changed: [CampaignEvent]) async throws {
    let properties = try changed.map { try JSON($0.properties) }
    let triggers = try changed.map { try JSON($0.trigger) }
    try await connection.query(
      """
      INSERT INTO campaign_events (id, campaign_id, parent_id, path, kind, type, name, description,
        position, properties, trigger, channel, channel_id)
      SELECT id, \(campaign), parent, path, kind, type, name, description, position, properties,
        trigger, channel, channel_id
      FROM unnest(\(changed.map(\.id)), \(changed.map(\.parent))::bigint[],
        \(changed.map(\.path))::boolean[], \(changed.map(\.kind.rawValue)), \(changed.map(\.type)),
        \(changed.map(\.name)), \(changed.map(\.description))::text[],
        \(changed.map { Int32(clamping: $0.position) }), \(properties), \(triggers),
        \(changed.map(\.channel))::text[], \(changed.map(\.channelID))::bigint[])
        AS event (id, parent, path, kind, type, name, description, position, properties, trigger,
          channel, channel_id)
      ORDER BY id
      ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, path = excluded.path,
        name = excluded.name, description = excluded.description, position = excluded.position,
        properties = excluded.properties, trigger = excluded.trigger, channel = excluded.channel,
        channel_id = excluded.channel_id
      """)
  }

  /// Resets the failure counts of events that users were notified of (CAM-506).
  func resetFailures() async throws {
    try await connection.query(
      """
      UPDATE campaign_events SET failed_count = 0, failures_untold = 0, failures_told_at = NULL
      WHERE campaign_id = \(campaign) AND failed_count > 0
      """)
  }
}
