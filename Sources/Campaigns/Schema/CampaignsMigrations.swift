package import Postgres

/// The tables of campaigns.
package enum CampaignsMigrations {
  /// All migrations of this module, in order.
  package static let all: [Migration] = [
    Migration("campaigns.001-tables", campaignTables),
    Migration("campaigns.002-history", campaignHistory),
    Migration("campaigns.003-activity-of-all", activityOfAll),
    Migration("campaigns.004-update-requests", updateRequests),
    Migration("campaigns.005-suspicion", suspicion),
    Migration("campaigns.006-failed", failed),
    Migration("campaigns.007-deaths", deaths),
  ]

  /// The instant at which the death of a process was noticed.
  private static let deaths = """
    ALTER TABLE campaign_work ADD COLUMN died_at timestamptz;
    """

  /// The index for the contacts for whom an event failed.
  private static let failed = """
    CREATE INDEX campaign_log_failed ON campaign_log (event_id, executed_at) WHERE state = 4;
    """

  /// The instant until which the campaign's actions are performed with care, as one may kill its worker; and the
  /// work that is under way, which is of no interest once the database has crashed.
  private static let suspicion = """
    ALTER TABLE campaigns ADD COLUMN suspect_until timestamptz;
    CREATE UNLOGGED TABLE campaign_work (
      turn uuid PRIMARY KEY,
      campaign_id bigint NOT NULL,
      pid integer NOT NULL,
      backend_start timestamptz
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
    """

  /// The instant of the last request to update members that is not done yet.
  private static let updateRequests = """
    ALTER TABLE campaigns ADD COLUMN update_requested_at timestamptz;
    CREATE INDEX campaigns_update_requested ON campaigns (update_requested_at)
      WHERE update_requested_at IS NOT NULL;
    """

  /// The index for the history of all contacts together (CON-108): blocks by their times, which add no cost
  /// to writes.
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
