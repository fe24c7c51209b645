package import Contacts
import Postgres

extension StatsTable {
  /// The raw rows of campaigns (api.md 8.14).
  package static let campaigns: [StatsTable] = [
    StatsTable(
      "campaign_lead_event_log",
      """
      campaign_id channel channel_id date_triggered event_id id ip_id is_scheduled lead_id \
      metadata non_action_path_taken rotation system_triggered trigger_date
      """,
      key: ["lead_id", "event_id", "rotation"],
      // A decision that waits has no row: nothing has happened yet. What became of an entry stands in its metadata, as
      // in the log of a contact.
      from: """
        SELECT campaign_id, channel, channel_id,
          CASE WHEN state <> \(literal: EntryState.cancelled) THEN executed_at END AS date_triggered,
          event_id, id, ip_id,
          state IN (\(literal: EntryState.scheduled), \(literal: EntryState.running))
            AS is_scheduled, contact_id AS lead_id,
          nullif(coalesce(metadata, '{}') || jsonb_strip_nulls(jsonb_build_object(
            'errors', coalesce(error, note),
            'failed', CASE WHEN state = \(literal: EntryState.failed) THEN 1 END,
            'reason', cancel_reason)), '{}')::text AS metadata,
          path IS FALSE AS non_action_path_taken, rotation, NOT by_contact AS system_triggered,
          fire_at AS trigger_date
        FROM campaign_log WHERE state IN (\(literal: EntryState.scheduled),
          \(literal: EntryState.running), \(literal: EntryState.executed),
          \(literal: EntryState.failed), \(literal: EntryState.cancelled))
        """),
    StatsTable(
      "campaign_leads",
      """
      campaign_id date_added date_last_exited lead_id manually_added manually_removed rotation
      """,
      key: ["campaign_id", "lead_id"],
      from: """
        SELECT campaign_id, date_added, date_last_exited, contact_id AS lead_id, manually_added,
          NOT is_active AS manually_removed, rotation
        FROM campaign_members
        """),
  ]
}
