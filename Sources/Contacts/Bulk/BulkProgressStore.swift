import Foundation
import JobQueue
import Postgres

/// The progress of a bulk action.
struct BulkProgress: Sendable {
  /// The id of the last processed contact.
  var last: Int64
  /// The highest contact id when the action began: later contacts are left alone.
  var highest: Int64
  var matched: Int
  var changed: Int
}

/// The progress of bulk actions in the database.
enum BulkProgressStore {
  /// Returns the progress of a job; inserted when the job begins.
  static func begin(_ id: JobID, in transaction: Transaction) async throws -> BulkProgress {
    // Rows of cancelled jobs are deleted after a while; a dead job may be retried however late, and
    // must not repeat its steps.
    let old = transaction.now.addingTimeInterval(-30 * 86_400)
    try await transaction.query(
      """
      DELETE FROM contact_bulk WHERE date_added < \(old)
        AND NOT EXISTS (SELECT FROM jobs WHERE jobs.id = contact_bulk.job_id)
      """)
    try await transaction.query(
      """
      INSERT INTO contact_bulk (job_id, highest_id, date_added)
      SELECT \(id), coalesce(max(id), 0), \(transaction.now) FROM contacts ON CONFLICT DO NOTHING
      """)
    let rows = try await transaction.query(
      """
      SELECT last_id, highest_id, matched, changed FROM contact_bulk WHERE job_id = \(id) FOR UPDATE
      """)
    return BulkProgress(
      last: try rows[0].decode(at: 0), highest: try rows[0].decode(at: 1),
      matched: try rows[0].decode(at: 2), changed: try rows[0].decode(at: 3))
  }

  static func write(
    _ progress: BulkProgress, of id: JobID, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE contact_bulk SET last_id = \(progress.last), matched = \(progress.matched),
        changed = \(progress.changed)
      WHERE job_id = \(id)
      """)
  }

  static func delete(_ id: JobID, on connection: PostgresConnection) async throws {
    try await connection.query("DELETE FROM contact_bulk WHERE job_id = \(id)")
  }
}
