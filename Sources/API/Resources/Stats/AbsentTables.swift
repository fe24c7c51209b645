import Contacts

extension StatsTable {
  /// The tables of absent features: they have columns but no rows.
  static let absent: [StatsTable] = [
    StatsTable(
      "lead_companies_change_log",
      "action_name company_id date_added event_name id lead_id type"),
    StatsTable(
      "stage_lead_action_log", "date_fired ip_id lead_id stage_id", key: ["lead_id", "stage_id"]),
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
  ]
}
