import Postgres

extension StatsTable {
  /// The tables of raw rows of contacts (api.md 8.14).
  package static let contacts: [StatsTable] = [
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
    // Without a column for the group, changes of scores would look like changes of points.
    StatsTable(
      "lead_points_change_log",
      "action_name date_added delta event_name id ip_id lead_id type", key: ["lead_id", "id"],
      from: """
        SELECT action_name, date_added, delta, event_name, id, ip_id, contact_id AS lead_id, type
        FROM points_log WHERE group_id IS NULL
        """),
  ]
}
