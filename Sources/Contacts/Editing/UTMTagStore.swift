package import Foundation
package import JobQueue
import Postgres

/// Writes campaign parameters of contacts (tracking.md 8).
package enum UTMTagStore {
  /// Campaign parameters with which a contact came at an instant.
  package struct Arrival: Sendable {
    package var contact: Int64
    package var tag: NewUTMTag
    package var at: Date

    package init(contact: Int64, tag: NewUTMTag, at: Date) {
      self.contact = contact
      self.tag = tag
      self.at = at
    }
  }

  /// Inserts them in their order. The caller has locked the contacts' rows, and marks the contacts
  /// (``ChangeTopic/utm``). They are not audited (CON-12).
  ///
  /// - Throws: `PostgresError`.
  package static func insert(_ arrivals: [Arrival], in transaction: Transaction) async throws {
    guard !arrivals.isEmpty else { return }
    let tags = arrivals.map(\.tag)
    try await transaction.query(
      """
      INSERT INTO utm_tags (contact_id, query, referer, remote_host, url, user_agent, utm_campaign,
        utm_content, utm_medium, utm_source, utm_term, date_added)
      -- Checked as `jsonb`, which takes less, and kept as it is.
      SELECT contact, CASE WHEN query::jsonb IS NOT NULL THEN query::json END, referer, host, url,
        agent, campaign, content, medium, source, term, at
      FROM unnest(\(arrivals.map(\.contact))::bigint[], \(tags.map { $0.query?.text })::text[],
        \(tags.map(\.referer))::text[], \(tags.map(\.remoteHost))::text[],
        \(tags.map(\.url))::text[], \(tags.map(\.userAgent))::text[],
        \(tags.map(\.campaign))::text[], \(tags.map(\.content))::text[],
        \(tags.map(\.medium))::text[], \(tags.map(\.source))::text[],
        \(tags.map(\.term))::text[], \(arrivals.map(\.at))::timestamptz[]) WITH ORDINALITY
        AS n (contact, query, referer, host, url, agent, campaign, content, medium, source, term, at,
          place)
      ORDER BY place
      """)
  }
}
