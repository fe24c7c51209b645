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
    StatsTable(
      "page_hits",
      """
      browser_languages city code country date_hit date_left device_id email_id id ip_id isp \
      lead_id organization page_id page_language query redirect_id referer region remote_host \
      source source_id tracking_id url url_title user_agent
      """),
    StatsTable(
      "video_hits",
      """
      browser_languages channel channel_id city code country date_hit date_left duration guid id \
      ip_id isp lead_id organization page_language query referer region remote_host time_watched \
      url user_agent
      """),
    StatsTable("dynamic_content_lead_data", "date_added dynamic_content_id id lead_id slot"),
    StatsTable(
      "dynamic_content_stats",
      """
      date_sent dynamic_content_id id last_sent lead_id sent_count sent_details source source_id \
      tokens
      """),
    StatsTable("focus_stats", "date_added focus_id id lead_id type type_id"),
  ]
}
