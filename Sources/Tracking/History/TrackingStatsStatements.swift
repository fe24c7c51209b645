package import Contacts
import Postgres

extension StatsTable {
  /// The raw rows of hits (api.md 8.14). Places are not looked up yet.
  package static let tracking: [StatsTable] = [
    StatsTable(
      "page_hits",
      """
      browser_languages city code country date_hit date_left device_id email_id id ip_id isp \
      lead_id organization page_id page_language query redirect_id referer region remote_host \
      source source_id tracking_id url url_title user_agent
      """,
      from: """
        SELECT browser_languages, NULL AS city, code, NULL AS country, at AS date_hit,
          left_at AS date_left, device_id, email_id, id,
          (SELECT i.id FROM ip_addresses i WHERE i.address = (CASE WHEN ip_address ~ '^[0-9a-f:.]+$'
            THEN ip_address END)::inet) AS ip_id,
          NULL AS isp, contact_id AS lead_id, NULL AS organization, page_id,
          language AS page_language, query::text AS query, redirect_id, referrer AS referer,
          NULL AS region, ip_address AS remote_host, source, source_id, tracking_id, url,
          title AS url_title, user_agent
        FROM page_hits
        """),
    StatsTable(
      "video_hits",
      """
      browser_languages channel channel_id city code country date_hit date_left duration guid id \
      ip_id isp lead_id organization page_language query referer region remote_host time_watched \
      url user_agent
      """,
      from: """
        SELECT browser_languages, NULL AS channel, NULL::bigint AS channel_id, NULL AS city,
          200 AS code, NULL AS country, at AS date_hit, left_at AS date_left, duration, guid, id,
          (SELECT i.id FROM ip_addresses i WHERE i.address = (CASE WHEN ip_address ~ '^[0-9a-f:.]+$'
            THEN ip_address END)::inet) AS ip_id,
          NULL AS isp, contact_id AS lead_id, NULL AS organization, language AS page_language,
          NULL AS query, referrer AS referer, NULL AS region, ip_address AS remote_host,
          time_watched, url, user_agent
        FROM video_hits
        """),
  ]
}
