import Contacts
import Foundation
import Mail
import Postgres

/// A send of an e-mail as statistics show it (API page, 8.14).
struct SentEmail: Sendable {
  var id: Int64
  var email: Int64?
  var address: String?
  var sent: Date?
  var read: Date?
  var lastOpened: Date?
  var isRead: Bool
  var isFailed: Bool
  var wasViewedInBrowser: Bool
  var opens: Int
  var retries: Int
  var source: String?
  var sourceID: Int64?
  var hash: String?
  var contentHash: String?
}

/// Reads sends from the table of statistics.
enum SentEmailStore {
  /// Returns the sends with these ids that have left.
  static func read(_ ids: [Int64], on pool: PostgresPool) async throws -> [SentEmail] {
    guard let table = StatsTable.mail.first(where: { $0.name == "email_stats" }) else { return [] }
    return try await pool.query(
      """
      SELECT s.id, s.email_id, s.email_address, s.date_sent, s.date_read, s.last_opened,
        coalesce(s.is_read, false) AS is_read, coalesce(s.is_failed, false) AS is_failed,
        coalesce(s.viewed_in_browser, false) AS viewed_in_browser,
        coalesce(s.open_count, 0)::bigint AS open_count, s.retry_count::bigint AS retry_count,
        s.source::text AS source, s.source_id, s.tracking_hash, s.copy_id
      FROM \(sql: table.source) WHERE s.id = ANY (\(ids))
      """
    ).map { row in
      SentEmail(
        id: try row.decode("id"), email: try row.decode("email_id"),
        address: try row.decode("email_address"), sent: try row.decode("date_sent"),
        read: try row.decode("date_read"), lastOpened: try row.decode("last_opened"),
        isRead: try row.decode("is_read"), isFailed: try row.decode("is_failed"),
        wasViewedInBrowser: try row.decode("viewed_in_browser"),
        opens: try row.decode("open_count"), retries: try row.decode("retry_count"),
        source: try row.decode("source"), sourceID: try row.decode("source_id"),
        hash: try row.decode("tracking_hash"), contentHash: try row.decode("copy_id"))
    }
  }
}
