package import Foundation
package import Postgres

/// A recorded hit, as lists show it.
package struct LatestHit: Sendable, Identifiable {
  package var id: Int64
  package var at: Date
  package var url: String
  package var title: String?
  package var referrer: String?
  /// The visitor's contact; nil for one who is not known, or is left out of tracking.
  package var contact: Int64?
  /// The e-mail that led there.
  package var email: Int64?
  /// The landing page that it was.
  package var page: Int64?
  package var address: String?
  /// The user agent.
  package var agent: String?
}

/// Reads the last hits, without counting or waiting for others.
package struct LatestHitStore: Sendable {
  private let pool: PostgresPool

  /// - Parameter pool: The database.
  package init(pool: PostgresPool) { self.pool = pool }

  /// The hits recorded last, the newest first.
  ///
  /// - Throws: `PostgresError`.
  package func read(limit: Int) async throws -> [LatestHit] {
    try await pool.query(
      """
      SELECT id, at, url, title, referrer, contact_id, email_id, page_id, ip_address, user_agent
      FROM page_hits ORDER BY id DESC LIMIT \(limit)
      """
    ).map { row in
      LatestHit(
        id: try row.decode("id"), at: try row.decode("at"), url: try row.decode("url"),
        title: try row.decode("title"), referrer: try row.decode("referrer"),
        contact: try row.decode("contact_id"), email: try row.decode("email_id"),
        page: try row.decode("page_id"), address: try row.decode("ip_address"),
        agent: try row.decode("user_agent"))
    }
  }
}
