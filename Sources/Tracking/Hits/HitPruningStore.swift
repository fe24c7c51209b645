import Contacts
import Foundation
import JobQueue
import Postgres

/// Deletes the rows of hits that are kept no longer.
enum HitPruningStore {
  /// Deletes some of the hits that failed for good and were set aside before an instant.
  ///
  /// - Returns: Whether there may be more.
  static func pruneAside(
    before limit: Date, count: Int, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      DELETE FROM page_hits_aside WHERE id = ANY (ARRAY(
        SELECT id FROM page_hits_aside WHERE retry_at IS NULL AND date_added < \(limit)
        ORDER BY date_added LIMIT \(count)))
      """
    ).affected == count
  }

  /// Deletes the old ones of some hits. Ids are about in the order of time, so that nothing old follows rows of which
  /// none is; what came late is found on another day.
  ///
  /// - Returns: The last id that was looked at; nil if none of the hits was old.
  static func prune(
    before limit: Date, after: Int64, count: Int, in transaction: Transaction
  ) async throws -> Int64? {
    let rows = try await transaction.query(
      """
      WITH looked AS (SELECT id, at FROM page_hits WHERE id > \(after) ORDER BY id LIMIT \(count)),
      gone AS (
        DELETE FROM page_hits WHERE id IN (SELECT id FROM looked WHERE at < \(limit))
        RETURNING contact_id
      )
      SELECT (SELECT max(id) FROM looked), (SELECT count(*) FROM gone),
        ARRAY(SELECT DISTINCT contact_id FROM gone WHERE contact_id IS NOT NULL ORDER BY 1)
      """)
    guard let row = rows.first, try row.decode(at: 1, as: Int.self) > 0 else { return nil }
    // Filters on visits may change their answers.
    try await ContactChanges.mark(
      try row.decode(at: 2, as: [Int64].self), [.hits], in: transaction)
    return try row.decode(at: 0)
  }
}
