package import Contacts
import Postgres

extension StatsTable {
  /// The tables of raw mail rows (api.md 8.14).
  package static let mail: [StatsTable] = [
    StatsTable(
      "channel_url_trackables", "channel channel_id hits redirect_id unique_hits",
      key: ["redirect_id", "channel_id"],
      from: """
        SELECT channel, channel_id, hits, id AS redirect_id, unique_hits FROM links
        """),
    StatsTable(
      "email_stat_replies", "date_replied id message_id stat_id",
      from: """
        SELECT at AS date_replied, id, coalesce(message_id, '') AS message_id, send_id AS stat_id
        FROM email_replies
        """),
    StatsTable(
      "email_stats",
      """
      copy_id date_read date_sent email_address email_id id ip_id is_failed is_read last_opened \
      lead_id list_id open_count open_details retry_count source source_id tokens tracking_hash \
      viewed_in_browser
      """,
      texts: ["copy_id"],
      // The first opens of a send are listed, as many as its history shows.
      from: """
        SELECT copy_id::text AS copy_id, read_at AS date_read, coalesce(sent_at, queued_at) AS date_sent,
          address AS email_address, email_id, id, NULL::bigint AS ip_id, is_failed, is_read,
          last_opened_at AS last_opened, contact_id AS lead_id, segment_id AS list_id, open_count,
          (SELECT jsonb_agg(jsonb_build_object('datetime', o.at, 'useragent', o.user_agent,
                'machine', o.machine_reason)
              ORDER BY o.at, o.id)
            FROM (SELECT * FROM email_opens WHERE send_id = email_sends.id ORDER BY at, id LIMIT 1000)
              AS o)::text AS open_details,
          greatest(attempts - 1, 0) AS retry_count, source_kind AS source, source_id,
          token_values::text AS tokens, replace(hash::text, '-', '') AS tracking_hash,
          viewed_in_browser
        FROM email_sends WHERE state IN (\(sql: SendState.deliveredList),
          \(literal: SendState.failed))
        """),
    StatsTable(
      "page_redirects",
      """
      checked_out checked_out_by checked_out_by_user created_by created_by_user date_added \
      date_modified hits id is_published modified_by modified_by_user redirect_id unique_hits url
      """,
      texts: ["redirect_id"],
      from: """
        SELECT NULL::timestamptz AS checked_out, NULL::bigint AS checked_out_by,
          NULL AS checked_out_by_user, NULL::bigint AS created_by, NULL AS created_by_user,
          date_added, NULL::timestamptz AS date_modified, hits, id, is_published,
          NULL::bigint AS modified_by, NULL AS modified_by_user, key AS redirect_id, unique_hits, url
        FROM links
        """),
  ]
}
