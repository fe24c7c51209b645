package import Foundation
package import Postgres

extension EmailDomain {
  /// The most domains that are told apart.
  package static let most = 100

  /// Reads the figures of an e-mail by the domains of its recipients, the one with most sends first.
  ///
  /// - Throws: `PostgresError`.
  package static func read(_ email: Int64, on pool: PostgresPool) async throws -> [EmailDomain] {
    try await pool.query(
      """
      SELECT lower(substring(address FROM '[^@]*$')) AS domain,
        count(*) FILTER (WHERE state IN (\(sql: SendState.deliveredList))) AS sent,
        count(*) FILTER (WHERE is_read AND NOT is_machine_read) AS read_by_people,
        count(*) FILTER (WHERE click_count > machine_click_count) AS clicked_by_people,
        count(*) FILTER (WHERE unsubscribed_at IS NOT NULL) AS unsubscribed,
        count(*) FILTER (WHERE state = \(literal: SendState.bounced)) AS bounced,
        count(*) FILTER (WHERE is_failed) AS failed
      FROM email_sends WHERE email_id = \(email) AND address LIKE '%@%'
      GROUP BY domain ORDER BY sent DESC, domain LIMIT \(most)
      """
    ).map { row in
      EmailDomain(
        domain: try row.decode("domain"), sent: try row.decode("sent"),
        readByPeople: try row.decode("read_by_people"),
        clickedByPeople: try row.decode("clicked_by_people"),
        unsubscribed: try row.decode("unsubscribed"), bounced: try row.decode("bounced"),
        failed: try row.decode("failed"))
    }
  }
}

extension EmailProgress {
  /// Reads how far an e-mail has been sent.
  ///
  /// - Returns: The progress; nil for an e-mail that does not exist.
  /// - Throws: `PostgresError`.
  package static func read(
    _ email: Int64, now: Date, on pool: PostgresPool
  ) async throws -> EmailProgress? {
    let rows = try await pool.query(
      """
      SELECT e.sent_count AS sent, e.failed_count AS failed,
        \(sql: EmailFamily.isOpen("e", now: now)) AS is_open, s.queued, s.held,
        EXISTS (SELECT FROM email_paused_runs r WHERE r.email_id = e.id) AS has_rest
      FROM emails e, LATERAL (
        SELECT count(*) FILTER (WHERE state IN (\(sql: SendState.claimableList))) AS queued,
          count(*) FILTER (WHERE state = \(literal: SendState.held)) AS held
        FROM email_sends WHERE email_id = e.id) AS s
      WHERE e.id = \(email)
      """)
    return try rows.first.map { row in
      let queued: Int = try row.decode("queued")
      let isWaiting = try row.decode("has_rest", as: Bool.self) || queued > 0
      let isOpen: Bool = try row.decode("is_open")
      return EmailProgress(
        state: isWaiting ? (isOpen ? .sending : .paused) : .idle, queued: queued,
        held: try row.decode("held"), sent: try row.decode("sent"),
        failed: try row.decode("failed"))
    }
  }
}
