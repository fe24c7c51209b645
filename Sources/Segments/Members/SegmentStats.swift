package import Contacts
import Postgres

extension StatsTable {
  /// The raw rows of segments (api.md 8.14).
  package static let segments: [StatsTable] = [
    // Entries and exits; those by imports have no rows (`import_log` is a view).
    StatsTable(
      "lead_event_log",
      "action bundle date_added id lead_id object object_id properties user_id user_name",
      key: ["lead_id", "id"],
      from: """
        SELECT CASE WHEN entered THEN 'added' ELSE 'removed' END AS action, 'lead' AS bundle,
          at AS date_added, id, contact_id AS lead_id, 'segment' AS object,
          segment_id AS object_id, '[]' AS properties, NULL::bigint AS user_id,
          NULL AS user_name
        FROM segment_history
        """),
    StatsTable(
      "lead_lists_leads", "date_added lead_id leadlist_id manually_added manually_removed",
      key: ["lead_id", "leadlist_id"],
      from: """
        SELECT date_added, contact_id AS lead_id, segment_id AS leadlist_id, manually_added,
          manually_removed
        FROM segment_members
        """),
  ]
}
