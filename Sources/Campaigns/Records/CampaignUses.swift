package import Contacts
import JobQueue
import Postgres
package import Segments

extension SegmentUse {
  /// Campaigns whose source a segment is: it cannot be unpublished (SEG-91). When it is deleted they lose the
  /// source, and contacts that it held alone exit (SEG-90, CAM-122).
  package static let campaigns = SegmentUse(kind: "campaigns") { segment, connection in
    try await connection.query(
      """
      SELECT c.name FROM campaign_sources s JOIN campaigns c ON c.id = s.campaign_id
      WHERE s.kind = 'segment' AND s.source_id = \(segment) AND c.deleted_at IS NULL
      ORDER BY lower(c.name), c.id
      """
    ).map { try $0.decode(at: 0) }
  } drop: { segments, connection, outbox in
    let rows = try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT id FROM campaigns WHERE id IN (SELECT campaign_id FROM campaign_sources
          WHERE kind = 'segment' AND source_id = ANY (\(segments)))
        ORDER BY id FOR NO KEY UPDATE
      ), gone AS (
        DELETE FROM campaign_sources WHERE kind = 'segment' AND source_id = ANY (\(segments))
      )
      UPDATE campaigns c SET version = version + 1 FROM held WHERE c.id = held.id
      RETURNING c.id
      """)
    let campaigns: [Int64] = try rows.map { try $0.decode(at: 0) }
    for campaign in campaigns.sorted() { try CampaignUpdates.request(campaign, in: outbox) }
  }
}

extension FieldUse {
  /// Campaigns whose events read or write a field (CON-23).
  package static let campaigns = FieldUse("campaigns") { field, connection in
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
          AND e.properties ? \(field.alias)::text))
      ORDER BY lower(c.name), c.id
      """
    ).map { try $0.decode(at: 2) }
  }
}
