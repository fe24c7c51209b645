package import Postgres

/// The tables of campaigns.
package enum CampaignsMigrations {
  /// All migrations of this module, in the order in which they apply.
  package static let all: [Migration] = [
    Migration("campaigns.001-tables", campaignTables),
    Migration("campaigns.002-history", campaignHistory),
    Migration("campaigns.003-activity-of-all", activityOfAll),
  ]

  /// Where the history of all contacts together finds what is new (CON-108): blocks by their times, which cost
  /// who writes nothing.
  private static let activityOfAll = """
    CREATE INDEX campaign_log_executed ON campaign_log
      USING brin ((coalesce(executed_at, fire_at, base_at))) WITH (autosummarize = on);
    CREATE INDEX campaign_log_fire ON campaign_log USING brin ((coalesce(fire_at, base_at)))
      WITH (autosummarize = on);
    CREATE INDEX campaign_members_added ON campaign_members USING brin (date_added)
      WITH (autosummarize = on);
    CREATE INDEX campaign_history_at ON campaign_history USING brin (at) WITH (autosummarize = on);
    """
}
