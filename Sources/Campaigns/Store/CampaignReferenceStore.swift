import Postgres

/// Finds events of campaigns that name a campaign (CAM-641).
enum CampaignReferenceStore {
  /// The names of other campaigns that name a campaign.
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

  /// Whether a property of an event `e` names a campaign; ids may be texts.
  private static func names(_ campaign: Int64, in property: SQL) -> SQL {
    """
    (e.properties -> '\(sql: property)' @> to_jsonb(\(campaign)::bigint)
      OR e.properties -> '\(sql: property)' @> to_jsonb(\(campaign)::text))
    """
  }
}
