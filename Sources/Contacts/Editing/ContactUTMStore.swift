import Foundation
package import JobQueue
import Postgres

/// Campaign parameters of contacts, written on behalf of the system.
package enum ContactUTMStore {
  /// Adds campaign parameters to a contact whose row the caller has locked, and marks it for segments. It is not audited
  /// (CON-12).
  ///
  /// - Throws: `PostgresError`.
  package static func add(
    _ tag: NewUTMTag, to contact: Int64, in transaction: Transaction
  ) async throws {
    try await insert(tag, of: contact, in: transaction)
    try await ContactChanges.mark([contact], [.utm], in: transaction)
  }

  /// Writes the row alone.
  static func insert(
    _ tag: NewUTMTag, of contact: Int64, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      INSERT INTO utm_tags (contact_id, query, referer, remote_host, url, user_agent, utm_campaign,
        utm_content, utm_medium, utm_source, utm_term, date_added)
      -- Checked as `jsonb`, which takes less, and kept as it is.
      VALUES (\(contact), CASE WHEN \(tag.query) IS NOT NULL THEN \(tag.query?.text)::text::json END,
        \(tag.referer), \(tag.remoteHost), \(tag.url), \(tag.userAgent), \(tag.campaign),
        \(tag.content), \(tag.medium), \(tag.source), \(tag.term), \(transaction.now))
      """)
  }
}
