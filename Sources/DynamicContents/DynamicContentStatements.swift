package import Contacts
import Postgres

extension StatsTable {
  /// The raw rows of dynamic content (api.md 8.14).
  package static let dynamicContents: [StatsTable] = [
    StatsTable(
      "dynamic_content_lead_data", "date_added dynamic_content_id id lead_id slot", texts: ["slot"],
      from: """
        SELECT date_added, content_id AS dynamic_content_id, id, contact_id AS lead_id,
          slot_name AS slot
        FROM dynamic_content_pushes
        """),
    StatsTable(
      "dynamic_content_stats",
      """
      date_sent dynamic_content_id id last_sent lead_id sent_count sent_details source source_id \
      tokens
      """,
      from: """
        SELECT date_added AS date_sent, content_id AS dynamic_content_id, id, last_sent,
          contact_id AS lead_id, sent_count::bigint AS sent_count, NULL AS sent_details,
          NULL AS source, NULL::bigint AS source_id, NULL AS tokens
        FROM dynamic_content_stats
        """),
  ]
}

extension MergeTable {
  /// The tables of dynamic content that a merge moves.
  package static let dynamicContents: [MergeTable] = [
    MergeTable("dynamic_content_pushes", key: ["slot_name"]),
    MergeTable("dynamic_content_stats", key: ["content_id"], adding: "sent_count"),
  ]
}

extension TimelineSource {
  /// What contacts saw in slots, in their histories (CON-100).
  package static var dynamicContents: [TimelineSource] {
    [
      TimelineSource(
        TimelineEventType(rawValue: "dynamic.content.sent"), from: "dynamic_content_stats",
        joins: "LEFT JOIN dynamic_contents d ON d.id = e.content_id",
        label: "coalesce(d.name, 'Deleted content')",
        details: """
          jsonb_build_object('dynamicContentId', e.content_id, 'dynamicContent', d.name,
            'slot', e.slot_name, 'sentCount', e.sent_count, 'lastSent', e.last_sent)
          """)
    ]
  }
}
