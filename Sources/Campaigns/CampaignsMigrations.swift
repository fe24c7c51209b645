public import Postgres

/// The tables of campaigns.
public enum CampaignsMigrations {
  /// All migrations of this module, in the order in which they apply.
  public static let all: [Migration] = [
    Migration("campaigns.001-tables", campaignTables),
    Migration("campaigns.002-history", campaignHistory),
  ]
}
