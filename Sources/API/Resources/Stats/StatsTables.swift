import Postgres

extension StatsTable {
  /// The tables of the contract, by name. Those of features that are not there are empty.
  static let all: [StatsTable] =
    (contacts + points + channels + pages + others).sorted { $0.name < $1.name }

  /// The table with a name.
  static func named(_ name: String) -> StatsTable? { all.first { $0.name == name } }

  // MARK: Contacts

  private static let contacts: [StatsTable] = [
    StatsTable(
      "audit_log",
      "action bundle date_added details id ip_address object object_id user_id user_name",
      from: """
        SELECT action, bundle, date_added, details::text AS details, id, ip_address, object,
          object_id, user_id, user_name
        FROM audit_log
        """),
    StatsTable(
      "companies_leads", "company_id date_added is_primary lead_id manually_added manually_removed",
      key: ["lead_id", "company_id"],
      from: """
        SELECT company_id, date_added, is_primary, contact_id AS lead_id, true AS manually_added,
          false AS manually_removed
        FROM contact_companies
        """),
    StatsTable(
      "ip_addresses", "id ip_address ip_details",
      from: """
        SELECT id, host(address) AS ip_address, details::text AS ip_details FROM ip_addresses
        """),
    StatsTable(
      "lead_categories", "category_id date_added id lead_id manually_added manually_removed",
      key: ["lead_id", "category_id"],
      from: """
        SELECT category_id, date_added, id, contact_id AS lead_id, manually_added,
          manually_removed
        FROM contact_categories
        """),
    StatsTable(
      "lead_companies_change_log",
      "action_name company_id date_added event_name id lead_id type"),
    StatsTable(
      "lead_devices",
      """
      client_info date_added device device_brand device_fingerprint device_model device_os_name \
      device_os_platform device_os_shortname device_os_version id lead_id tracking_id
      """,
      from: """
        SELECT client_info::text AS client_info, date_added, device, device_brand,
          device_fingerprint, device_model, device_os_name, device_os_platform,
          device_os_shortname, device_os_version, id, contact_id AS lead_id, tracking_id
        FROM devices
        """),
    StatsTable(
      "lead_donotcontact", "channel channel_id comments date_added id lead_id reason",
      key: ["lead_id", "channel"],
      from: """
        SELECT channel, channel_id, comments, date_added, id, contact_id AS lead_id, reason
        FROM do_not_contact
        """),
    // Who entered and left segments; what imports did stands in no rows (`import_log` is a view).
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
      "lead_frequencyrules",
      """
      channel date_added frequency_number frequency_time id lead_id pause_from_date \
      pause_to_date preferred_channel
      """,
      key: ["lead_id", "channel"],
      from: """
        SELECT channel, date_added, frequency_number, frequency_time, id, contact_id AS lead_id,
          pause_from_date, pause_to_date, preferred_channel
        FROM frequency_rules
        """),
    StatsTable(
      "lead_lists_leads", "date_added lead_id leadlist_id manually_added manually_removed",
      key: ["lead_id", "leadlist_id"],
      from: """
        SELECT date_added, contact_id AS lead_id, segment_id AS leadlist_id, manually_added,
          manually_removed
        FROM segment_members
        """),
    StatsTable(
      "lead_stages_change_log", "action_name date_added event_name id lead_id stage_id",
      key: ["lead_id", "id"],
      from: """
        SELECT action_name, date_added, event_name, id, contact_id AS lead_id, stage_id
        FROM stage_log
        """),
    StatsTable(
      "lead_utmtags",
      """
      date_added id lead_id query referer remote_host url user_agent utm_campaign utm_content \
      utm_medium utm_source utm_term
      """,
      key: ["lead_id", "id"],
      from: """
        SELECT date_added, id, contact_id AS lead_id, query::text AS query, referer, remote_host,
          url, user_agent, utm_campaign, utm_content, utm_medium, utm_source, utm_term
        FROM utm_tags
        """),
    StatsTable(
      "stage_lead_action_log", "date_fired ip_id lead_id stage_id", key: ["lead_id", "stage_id"]),
  ]

  // MARK: Points

  private static let points: [StatsTable] = [
    // Without a column for the group, changes of scores would look like changes of points.
    StatsTable(
      "lead_points_change_log",
      "action_name date_added delta event_name id ip_id lead_id type", key: ["lead_id", "id"],
      from: """
        SELECT action_name, date_added, delta, event_name, id, ip_id, contact_id AS lead_id, type
        FROM points_log WHERE group_id IS NULL
        """),
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

  // MARK: Campaigns, e-mails and other channels

  private static let channels: [StatsTable] = [
    StatsTable(
      "campaign_lead_event_log",
      """
      campaign_id channel channel_id date_triggered event_id id ip_id is_scheduled lead_id \
      metadata non_action_path_taken rotation system_triggered trigger_date
      """,
      key: ["lead_id", "event_id", "rotation"],
      // A decision that waits, and what was called off, has not happened and will not: no row tells of it.
      from: """
        SELECT campaign_id, channel, channel_id, executed_at AS date_triggered, event_id, id, ip_id,
          state IN (0, 2) AS is_scheduled, contact_id AS lead_id, metadata::text AS metadata,
          path IS FALSE AS non_action_path_taken, rotation, NOT by_contact AS system_triggered,
          fire_at AS trigger_date
        FROM campaign_log WHERE state IN (0, 2, 3, 4)
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
      // Of what opened a send the first times are told, as many as its history shows.
      from: """
        SELECT copy_id::text AS copy_id, read_at AS date_read, coalesce(sent_at, queued_at) AS date_sent,
          address AS email_address, email_id, id, NULL::bigint AS ip_id, is_failed, is_read,
          last_opened_at AS last_opened, contact_id AS lead_id, segment_id AS list_id, open_count,
          (SELECT jsonb_agg(jsonb_build_object('datetime', o.at, 'useragent', o.user_agent)
              ORDER BY o.at, o.id)
            FROM (SELECT * FROM email_opens WHERE send_id = email_sends.id ORDER BY at, id LIMIT 1000)
              AS o)::text AS open_details,
          greatest(attempts - 1, 0) AS retry_count, source_kind AS source, source_id,
          token_values::text AS tokens, replace(hash::text, '-', '') AS tracking_hash,
          viewed_in_browser
        FROM email_sends WHERE state IN (3, 4, 5, 7)
        """),
    StatsTable("email_stats_devices", "date_opened device_id id ip_id stat_id"),
    StatsTable(
      "push_notification_stats",
      """
      click_count click_details date_clicked date_read date_sent id ip_id is_clicked last_clicked \
      lead_id list_id notification_id retry_count source source_id tokens tracking_hash
      """),
    StatsTable(
      "sms_message_stats",
      """
      date_sent id ip_id is_failed lead_id list_id sms_id source source_id tokens tracking_hash
      """),
    StatsTable(
      "tweet_stats",
      """
      date_sent favorite_count handle id is_failed lead_id response_details retry_count \
      retweet_count source source_id tweet_id twitter_tweet_id
      """,
      texts: ["twitter_tweet_id"]),
    StatsTable("webhook_logs", "date_added id note runtime status_code webhook_id"),
  ]

  // MARK: Pages

  private static let pages: [StatsTable] = [
    StatsTable(
      "page_hits",
      """
      browser_languages city code country date_hit date_left device_id email_id id ip_id isp \
      lead_id organization page_id page_language query redirect_id referer region remote_host \
      source source_id tracking_id url url_title user_agent
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
    StatsTable(
      "video_hits",
      """
      browser_languages channel channel_id city code country date_hit date_left duration guid id \
      ip_id isp lead_id organization page_language query referer region remote_host time_watched \
      url user_agent
      """),
  ]

  // MARK: Assets, forms, dynamic content, focus

  private static let others: [StatsTable] = [
    StatsTable(
      "asset_downloads",
      """
      asset_id code date_download email_id id ip_id lead_id referer source source_id tracking_id
      """),
    StatsTable("dynamic_content_lead_data", "date_added dynamic_content_id id lead_id slot"),
    StatsTable(
      "dynamic_content_stats",
      """
      date_sent dynamic_content_id id last_sent lead_id sent_count sent_details source source_id \
      tokens
      """),
    StatsTable("focus_stats", "date_added focus_id id lead_id type type_id"),
    StatsTable(
      "form_submissions",
      "date_submitted form_id id ip_id lead_id page_id referer tracking_id"),
  ]
}
