import Foundation
package import Postgres

/// Reads the statistics of e-mails.
extension EmailStatistics {
  /// Reads the statistics of an e-mail.
  ///
  /// - Throws: `PostgresError`.
  package static func read(_ email: Int64, on pool: PostgresPool) async throws -> EmailStatistics {
    let found = try await pool.pipeline([
      """
      SELECT segment_id, count(*) FILTER (WHERE state IN (\(sql: SendState.deliveredList))) AS sent,
        count(*) FILTER (WHERE is_read) AS read, count(*) FILTER (WHERE click_count > 0) AS clicked,
        count(*) FILTER (WHERE is_read AND NOT is_machine_read) AS read_by_people,
        count(*) FILTER (WHERE click_count > machine_click_count) AS clicked_by_people,
        count(*) FILTER (WHERE unsubscribed_at IS NOT NULL) AS unsubscribed,
        count(*) FILTER (WHERE state = \(literal: SendState.bounced)) AS bounced, count(*) FILTER (WHERE is_failed) AS failed
      FROM email_sends WHERE email_id = \(email)
      GROUP BY segment_id ORDER BY segment_id NULLS LAST
      """,
      """
      SELECT url, hits, unique_hits, machine_hits FROM links WHERE channel = 'email' AND channel_id = \(email)
      ORDER BY hits DESC, id LIMIT 1000
      """,
      """
      SELECT e.id, e.winner_criteria, count(s.id) AS sent,
        count(s.id) FILTER (WHERE s.is_read AND NOT s.is_machine_read) AS read,
        count(s.id) FILTER (WHERE s.click_count > s.machine_click_count) AS clicked
      FROM emails e LEFT JOIN email_sends s ON s.email_id = e.id AND s.state IN (\(sql: SendState.deliveredList))
        AND s.sent_at >= e.variant_start_at
      WHERE e.family_id = (SELECT family_id FROM emails WHERE id = \(email))
        AND e.variant_start_at IS NOT NULL
      GROUP BY e.id ORDER BY e.id
      """,
    ])
    // The criteria of the parent count, else those of the first variant.
    let criteria =
      try found[2].compactMap { row in
        try row.decode("winner_criteria", as: String?.self).flatMap(WinnerCriteria.init)
      }.first ?? .openRate
    let versions = try found[2].map { row in
      Version(
        email: try row.decode("id"), sent: try row.decode("sent"), read: try row.decode("read"),
        clicked: try row.decode("clicked"))
    }
    return EmailStatistics(
      segments: try found[0].map { row in
        Segment(
          segment: try row.decode("segment_id"), sent: try row.decode("sent"),
          read: try row.decode("read"), readByPeople: try row.decode("read_by_people"),
          clicked: try row.decode("clicked"),
          clickedByPeople: try row.decode("clicked_by_people"),
          unsubscribed: try row.decode("unsubscribed"), bounced: try row.decode("bounced"),
          failed: try row.decode("failed"))
      },
      links: try found[1].map { row in
        Link(
          url: try row.decode("url"), clicks: try row.decode("hits"),
          machineClicks: try row.decode("machine_hits"),
          uniqueClicks: try row.decode("unique_hits"))
      }, criteria: criteria,
      versions: versions.count < 2
        ? []
        : versions.sorted { one, other in
          let (rate, otherRate) = (one.rate(by: criteria), other.rate(by: criteria))
          return rate == otherRate ? one.email < other.email : rate > otherRate
        })
  }
}
