import Fields
import Postgres
import Segments

/// Finds campaigns and events that reference a campaign, a segment or a field.
enum CampaignReferenceStore {
  /// Returns the names of other campaigns that reference a campaign.
  static func names(naming campaign: Int64, on pool: PostgresPool) async throws -> [String] {
    let rows = try await pool.query(
      """
      SELECT c.name FROM campaigns c WHERE c.deleted_at IS NULL AND c.id <> \(campaign) AND EXISTS (
        SELECT FROM campaign_events e
        WHERE e.campaign_id = c.id AND e.deleted_at IS NULL
          AND (e.type = \(EventType.changeCampaigns) AND (\(sql: names(campaign, in: "addTo"))
              OR \(sql: names(campaign, in: "removeFrom")))
            OR e.type = 'lead.campaigns' AND \(sql: names(campaign, in: "campaigns"))))
      ORDER BY lower(c.name), c.id
      """)
    return try rows.map { try $0.decode("name") }
  }

  /// Whether another campaign removes contacts from a campaign.
  static func isRemovedFrom(_ campaign: Int64, on pool: PostgresPool) async throws -> Bool {
    let rows = try await pool.query(
      """
      SELECT FROM campaign_events e JOIN campaigns c ON c.id = e.campaign_id
      WHERE e.deleted_at IS NULL AND c.deleted_at IS NULL AND c.id <> \(campaign)
        AND e.type = \(EventType.changeCampaigns)
        AND \(sql: names(campaign, in: "removeFrom"))
      LIMIT 1
      """)
    return !rows.isEmpty
  }

  /// Returns the campaigns with a segment as a source.
  static func campaigns(
    fedBy segment: Int64, on connection: PostgresConnection
  ) async throws -> [SegmentUse.Record] {
    try await connection.query(
      """
      SELECT c.id, c.name FROM campaign_sources s JOIN campaigns c ON c.id = s.campaign_id
      WHERE s.kind = 'segment' AND s.source_id = \(segment) AND c.deleted_at IS NULL
      ORDER BY lower(c.name), c.id
      """
    ).map { SegmentUse.Record(id: try $0.decode("id"), name: try $0.decode("name")) }
  }

  /// Returns the campaigns whose actions change a segment or whose conditions ask for it.
  static func campaigns(
    naming segment: Int64, on connection: PostgresConnection
  ) async throws -> [SegmentUse.Record] {
    try await connection.query(
      """
      SELECT c.id, c.name FROM campaigns c WHERE c.deleted_at IS NULL AND EXISTS (
        SELECT FROM campaign_events e
        WHERE e.campaign_id = c.id AND e.deleted_at IS NULL
          AND (e.type = 'lead.changelist' AND (\(sql: names(segment, in: "addToLists"))
              OR \(sql: names(segment, in: "removeFromLists")))
            OR e.type = 'lead.segments' AND \(sql: names(segment, in: "segments"))))
      ORDER BY lower(c.name), c.id
      """
    ).map { SegmentUse.Record(id: try $0.decode("id"), name: try $0.decode("name")) }
  }

  /// Removes segments from the sources of campaigns.
  ///
  /// - Returns: The affected campaigns.
  static func dropSources(
    _ segments: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT id FROM campaigns WHERE id IN (SELECT campaign_id FROM campaign_sources
          WHERE kind = 'segment' AND source_id = ANY (\(segments)))
        ORDER BY id FOR NO KEY UPDATE
      ), dropped AS (
        DELETE FROM campaign_sources WHERE kind = 'segment' AND source_id = ANY (\(segments))
      )
      UPDATE campaigns c SET version = version + 1 FROM held WHERE c.id = held.id
      RETURNING c.id
      """)
    return try rows.map { try $0.decode("id") }
  }

  /// Returns the names of campaigns whose events read or write a field.
  static func names(
    using field: Field, on connection: PostgresConnection
  ) async throws -> [String] {
    let isContact = field.object == .contact
    return try await connection.query(
      """
      SELECT DISTINCT lower(c.name), c.id, c.name FROM campaign_events e
        JOIN campaigns c ON c.id = e.campaign_id AND c.deleted_at IS NULL
      WHERE e.deleted_at IS NULL AND (
        (\(isContact) AND e.trigger ->> 'mode' = 'contact_date'
          AND e.trigger ->> 'contactField' = \(field.alias))
        OR (e.type = 'lead.field_value' AND e.properties ->> 'field' = \(field.alias))
        OR (e.type = CASE WHEN \(isContact) THEN 'lead.updatelead' ELSE 'lead.updatecompany' END
          AND (e.properties ? \(field.alias)::text OR e.properties -> '_clear' ? \(field.alias)::text)))
      ORDER BY lower(c.name), c.id
      """
    ).map { try $0.decode("name") }
  }

  /// The condition that a property of an event `e` references a record; ids may be texts.
  private static func names(_ id: Int64, in property: SQL) -> SQL {
    """
    (e.properties -> '\(sql: property)' @> to_jsonb(\(id)::bigint)
      OR e.properties -> '\(sql: property)' @> to_jsonb(\(id)::text))
    """
  }
}
