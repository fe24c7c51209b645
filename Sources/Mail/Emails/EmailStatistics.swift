import Foundation
package import Postgres

/// How an e-mail does (EML-430).
package struct EmailStatistics: Sendable, Equatable {
  /// Numbers of one segment; without a segment those of all other sends.
  package struct Segment: Sendable, Equatable {
    /// The segment's id.
    package var segment: Int64?
    package var sent: Int
    /// Opened.
    package var read: Int
    /// With a link that was followed.
    package var clicked: Int
    /// By which somebody unsubscribed.
    package var unsubscribed: Int
    /// Came back.
    package var bounced: Int
    /// Given up.
    package var failed: Int
  }

  /// A counted link.
  package struct Link: Sendable, Equatable {
    package var url: String
    /// How often it was followed.
    package var clicks: Int
    /// By how many sends.
    package var uniqueClicks: Int
  }

  /// A version of an e-mail that is tested, with its numbers since the test began.
  package struct Version: Sendable, Equatable {
    /// The e-mail's id.
    package var email: Int64
    package var sent: Int
    /// Opened.
    package var read: Int
    /// With a link that was followed.
    package var clicked: Int

    /// What versions are compared by.
    package func rate(by criteria: WinnerCriteria) -> Double {
      sent == 0 ? 0 : Double(criteria == .openRate ? read : clicked) / Double(sent)
    }
  }

  /// By segment, in the order of their numbers.
  package var segments: [Segment]
  /// By link, the most followed first.
  package var links: [Link]
  /// By what versions are compared (EML-153).
  package var criteria: WinnerCriteria
  /// The parent and its variants, the best first; none where there is no test.
  package var versions: [Version]

  /// Reads the statistics of an e-mail.
  ///
  /// - Throws: `PostgresError`.
  package static func read(_ email: Int64, on pool: PostgresPool) async throws -> EmailStatistics {
    let found = try await pool.pipeline([
      """
      SELECT segment_id, count(*) FILTER (WHERE state IN (\(sql: SendState.deliveredList))) AS sent,
        count(*) FILTER (WHERE is_read) AS read, count(*) FILTER (WHERE click_count > 0) AS clicked,
        count(*) FILTER (WHERE unsubscribed_at IS NOT NULL) AS unsubscribed,
        count(*) FILTER (WHERE state = \(literal: SendState.bounced)) AS bounced, count(*) FILTER (WHERE is_failed) AS failed
      FROM email_sends WHERE email_id = \(email)
      GROUP BY segment_id ORDER BY segment_id NULLS LAST
      """,
      """
      SELECT url, hits, unique_hits FROM links WHERE channel = 'email' AND channel_id = \(email)
      ORDER BY hits DESC, id LIMIT 1000
      """,
      """
      SELECT e.id, e.winner_criteria, count(s.id) AS sent,
        count(s.id) FILTER (WHERE s.is_read) AS read,
        count(s.id) FILTER (WHERE s.click_count > 0) AS clicked
      FROM emails e LEFT JOIN email_sends s ON s.email_id = e.id AND s.state IN (\(sql: SendState.deliveredList))
        AND s.sent_at >= e.variant_start_at
      WHERE e.family_id = (SELECT family_id FROM emails WHERE id = \(email))
        AND e.variant_start_at IS NOT NULL
      GROUP BY e.id ORDER BY e.id
      """,
    ])
    // The parent comes first: a test is of what is said there, else at the first variant.
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
          read: try row.decode("read"), clicked: try row.decode("clicked"),
          unsubscribed: try row.decode("unsubscribed"), bounced: try row.decode("bounced"),
          failed: try row.decode("failed"))
      },
      links: try found[1].map { row in
        Link(
          url: try row.decode("url"), clicks: try row.decode("hits"),
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
