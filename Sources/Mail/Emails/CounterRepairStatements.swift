import JobQueue
import Postgres

/// Recounts from the detail rows.
extension CounterRepair {
  /// Recounts the links of an e-mail. Rows are locked in the order in which others lock them.
  static func links(of email: Int64) -> SQL {
    """
    WITH truth AS (
      SELECT h.link_id, count(*) AS hits, count(DISTINCT h.send_id) AS uniques,
        count(h.machine_reason) AS machines
      FROM email_sends s JOIN link_hits h ON h.send_id = s.id
      WHERE s.email_id = \(email) AND s.click_count > 0 GROUP BY h.link_id
    ), missing AS MATERIALIZED (
      SELECT l.id, coalesce(t.hits, 0) - l.hits AS hits,
        coalesce(t.uniques, 0) - l.unique_hits AS uniques,
        coalesce(t.machines, 0) - l.machine_hits AS machines
      FROM links l LEFT JOIN truth t ON t.link_id = l.id
      WHERE l.channel = 'email' AND l.channel_id = \(email)
        AND (coalesce(t.hits, 0), coalesce(t.uniques, 0), coalesce(t.machines, 0))
          <> (l.hits, l.unique_hits, l.machine_hits)
    ), held AS MATERIALIZED (
      SELECT id FROM links WHERE id IN (SELECT id FROM missing) ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE links l SET hits = l.hits + m.hits, unique_hits = l.unique_hits + m.uniques,
      machine_hits = l.machine_hits + m.machines
    FROM missing m JOIN held ON held.id = m.id WHERE l.id = m.id
    """
  }

  static func counters(of email: Int64) -> SQL {
    """
    WITH truth AS (
      SELECT count(*) FILTER (WHERE s.state IN (\(sql: SendState.deliveredList))) AS sent,
        count(*) FILTER (WHERE s.is_read) AS read,
        count(*) FILTER (WHERE s.state IN (\(sql: SendState.deliveredList)) AND s.sent_at >= e.variant_start_at)
          AS variant_sent,
        count(*) FILTER (WHERE s.is_read AND s.read_at >= e.variant_start_at) AS variant_read,
        count(*) FILTER (WHERE s.is_machine_read) AS machine_read,
        coalesce(sum(s.click_count), 0)::bigint AS clicks,
        coalesce(sum(s.machine_click_count), 0)::bigint AS machine_clicks,
        count(*) FILTER (WHERE s.unsubscribed_at IS NOT NULL) AS unsubscribed,
        count(*) FILTER (WHERE s.bounce_count > 0 AND s.is_failed) AS bounced,
        count(*) FILTER (WHERE s.is_failed) AS failed
      FROM emails e LEFT JOIN email_sends s ON s.email_id = e.id WHERE e.id = \(email)
    ), clicked AS (
      SELECT count(DISTINCT (h.send_id, h.link_id)) AS uniques
      FROM email_sends s JOIN link_hits h ON h.send_id = s.id
      WHERE s.email_id = \(email) AND s.click_count > 0
    ), missing AS MATERIALIZED (
      SELECT t.sent - e.sent_count AS sent, t.read - e.read_count AS read,
        t.variant_sent - e.variant_sent_count AS variant_sent,
        t.variant_read - e.variant_read_count AS variant_read,
        t.machine_read - e.machine_read_count AS machine_read,
        t.machine_clicks - e.machine_click_count AS machine_clicks,
        t.clicks - e.click_count AS clicks, c.uniques - e.unique_click_count AS uniques,
        t.unsubscribed - e.unsubscribed_count AS unsubscribed,
        t.bounced - e.bounced_count AS bounced, t.failed - e.failed_count AS failed
      FROM emails e, truth t, clicked c WHERE e.id = \(email)
    )
    UPDATE emails e SET sent_count = e.sent_count + m.sent, read_count = e.read_count + m.read,
      variant_sent_count = e.variant_sent_count + m.variant_sent,
      variant_read_count = e.variant_read_count + m.variant_read,
      machine_read_count = e.machine_read_count + m.machine_read,
      machine_click_count = e.machine_click_count + m.machine_clicks,
      click_count = e.click_count + m.clicks,
      unique_click_count = e.unique_click_count + m.uniques,
      unsubscribed_count = e.unsubscribed_count + m.unsubscribed,
      bounced_count = e.bounced_count + m.bounced, failed_count = e.failed_count + m.failed
    FROM missing m
    WHERE e.id = \(email) AND (m.sent, m.read, m.variant_sent, m.variant_read, m.machine_read,
      m.machine_clicks, m.clicks, m.uniques, m.unsubscribed, m.bounced, m.failed)
      <> (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    """
  }
}
