package import Contacts
import Postgres

extension StatsTable {
  /// What visitors did with focus items (api.md 8.14).
  package static let focus: [StatsTable] = [
    StatsTable(
      "focus_stats", "date_added focus_id id lead_id type type_id",
      from: """
        SELECT date_added, focus_id, id, contact_id AS lead_id, kind AS type, NULL::bigint AS type_id
        FROM focus_stats
        """)
  ]
}

extension MergeTable {
  /// The tables of focus items that a merge moves.
  package static let focus: [MergeTable] = [MergeTable("focus_stats")]
}
