import Foundation
import JobQueue
import Postgres

/// Removes what has expired.
enum TokenPruningStore {
  /// Seconds for which tokens of users stay in their lists after they expired or were revoked.
  private static let shown: Double = 30 * 86_400

  /// Removes a set of each kind of rows that have expired: grants with all that came from them, access and refresh
  /// tokens of grants that go on, tokens of users.
  ///
  /// - Parameter limit: The maximum number of rows of each kind.
  /// - Returns: The greatest number removed of a kind.
  /// - Throws: `PostgresError`.
  static func prune(_ limit: Int, in transaction: Transaction) async throws -> Int {
    let (now, shownSince) = (transaction.now, transaction.now.addingTimeInterval(-shown))
    let removed = try await transaction.pipeline([
      """
      DELETE FROM oauth_grants WHERE id IN (
        SELECT id FROM oauth_grants WHERE expires_at <= \(now)::timestamptz
        ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
      RETURNING id
      """,
      """
      DELETE FROM oauth_access_tokens WHERE digest IN (
        SELECT digest FROM oauth_access_tokens WHERE expires_at <= \(now)::timestamptz
        ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
      RETURNING grant_id
      """,
      """
      DELETE FROM oauth_refresh_tokens WHERE digest IN (
        SELECT digest FROM oauth_refresh_tokens WHERE expires_at <= \(now)::timestamptz
        ORDER BY expires_at LIMIT \(limit) FOR UPDATE SKIP LOCKED)
      RETURNING grant_id
      """,
      """
      DELETE FROM api_tokens WHERE id IN (
        SELECT id FROM api_tokens WHERE expires_at <= \(shownSince)::timestamptz
          OR revoked_at <= \(shownSince)::timestamptz
        LIMIT \(limit) FOR UPDATE SKIP LOCKED)
      RETURNING id
      """,
    ])
    return removed.map(\.count).max() ?? 0
  }
}
