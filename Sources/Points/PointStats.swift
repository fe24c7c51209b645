package import Contacts
import Postgres

extension StatsTable {
  /// The tables of raw point rows (api.md 8.14).
  package static let points: [StatsTable] = [
    StatsTable(
      "point_lead_action_log", "date_fired ip_id lead_id point_id", key: ["lead_id", "point_id"],
      from: """
        SELECT date_fired, ip_id, contact_id AS lead_id, action_id AS point_id
        FROM point_action_log WHERE act = ''
        """),
    StatsTable(
      "point_lead_event_log", "date_fired event_id ip_id lead_id", key: ["lead_id", "event_id"],
      from: """
        SELECT date_fired, event_id, ip_id, contact_id AS lead_id FROM point_trigger_log
        """),
  ]
}
