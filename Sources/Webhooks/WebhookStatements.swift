package import Contacts
import Postgres

extension StatsTable {
  /// The requests of webhooks (api.md 8.14).
  package static let webhooks: [StatsTable] = [
    StatsTable(
      "webhook_logs", "date_added id note runtime status_code webhook_id",
      from: """
        SELECT date_added, id, note, runtime::text AS runtime, status_code::text AS status_code,
          webhook_id
        FROM webhook_logs
        """)
  ]
}
