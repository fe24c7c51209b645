import Foundation
import JobQueue
import Postgres

/// The progress of a bulk action.
struct BulkProgress: Sendable {
  /// The contact done last.
  var last: Int64
  /// The contact made last when the action began: later ones are left alone.
  var highest: Int64
  var matched: Int
  var changed: Int
}

/// The progress of bulk actions in the database.
enum BulkProgressStore {
  /// Where a job stands; written when it is begun.
  static func begin(_ id: JobID, in transaction: Transaction) async throws -> BulkProgress {
    // Rows of jobs that were cancelled go after a while; a dead one may be begun again, however late,
    // and must not do anew what it did.
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
