import Foundation
import JobQueue
import Postgres

/// The state changes of imports, each one statement in a transaction that holds the import's row.
extension ImportStore {
  /// Records who changed an import, and that it has progressed.
  static func touch(_ id: Int64, by actor: ImportActor, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET date_modified = \(transaction.now), modified_by = \(actor.id),
        modified_by_user = \(actor.name), date_progress = \(transaction.now)
      WHERE id = \(id)
      """)
  }

  /// Writes mapping, defaults and priority of an import.
  static func updateOptions(
    _ item: Import, by actor: ImportActor, in transaction: Transaction
  ) async throws {
    let fields = item.hasMapping ? try JSON(item.fields) : nil
    try await transaction.query(
      """
      UPDATE imports SET fields = \(fields), defaults = \(try JSON(item.defaults)),
        parser = \(try JSON(item.parser)), priority = \(item.priority),
        allow_duplicates = \(item.allowDuplicates),
        date_modified = \(transaction.now), modified_by = \(actor.id), modified_by_user = \(actor.name)
      WHERE id = \(item.id)
      """)
  }

  /// Queues a draft.
  static func queueDraft(
    _ item: Import, allowDuplicates: Bool, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.queued), is_published = true,
        allow_duplicates = \(allowDuplicates), is_foreground = \(item.isForeground)
      WHERE id = \(item.id)
      """)
  }

  /// Queues an import that was stopped, in the background.
  static func queueAgain(_ item: Import, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.queued), is_published = true,
        is_foreground = false, run_number = \(item.runNumber)
      WHERE id = \(item.id)
      """)
  }

  /// Moves an import to the background.
  static func moveToBackground(_ id: Int64, on connection: PostgresConnection) async throws {
    try await connection.query("UPDATE imports SET is_foreground = false WHERE id = \(id)")
  }

  /// Stops an import, which can be resumed.
  static func stop(_ id: Int64, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.stopped), is_published = false,
        status_info = NULL, job_id = NULL
      WHERE id = \(id)
      """)
  }

  /// Stops an import permanently.
  static func cancel(_ id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.stopped), is_published = false,
        is_cancelled = true, status_info = NULL, job_id = NULL, date_ended = \(transaction.now)
      WHERE id = \(id)
      """)
  }

  /// Delays an import until another ends.
  static func delay(_ id: Int64, _ reason: String, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.delayed), status_info = \(reason),
        date_progress = \(transaction.now)
      WHERE id = \(id)
      """)
  }

  /// Begins an import.
  static func begin(_ item: Import, job: JobID, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.inProgress), status_info = NULL,
        error = NULL, base_id = \(item.baseID), date_started = \(item.dateStarted),
        date_ended = NULL, date_progress = \(transaction.now), job_id = \(job.description)::text::uuid,
        time_zone = \(item.timeZone)
      WHERE id = \(item.id)
      """)
  }

  /// Records how the parts of an import are processed, and the number of buckets of its contested
  /// rows.
  static func plan(
    _ id: Int64, _ mode: Import.Mode, buckets: Int, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE imports SET mode = \(mode.rawValue), bucket_count = \(buckets), date_progress = \(transaction.now)
      WHERE id = \(id)
      """)
  }

  /// Records that all rows were processed.
  static func complete(_ id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.imported), status_info = NULL,
        date_ended = \(transaction.now), date_progress = \(transaction.now), job_id = NULL
      WHERE id = \(id)
      """)
  }

  /// Records why an import cannot continue.
  static func fail(_ id: Int64, _ error: ImportError, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.failed), status_info = \(error.message),
        error = \(try JSON(error)), date_ended = \(transaction.now), date_progress = \(transaction.now), job_id = NULL
      WHERE id = \(id)
      """)
  }

  /// Fails imports whose upload was abandoned, and deletes what had arrived.
  static func failUploads(
    _ ids: [Int64], _ error: ImportError, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE imports SET status = \(literal: ImportStatus.failed), error = \(try JSON(error)),
        status_info = \(error.message), date_ended = \(transaction.now), line_count = 0
      WHERE id = ANY(\(ids))
      """)
    try await transaction.query("DELETE FROM import_parts WHERE import_id = ANY(\(ids))")
  }

  /// Adds the counts of a part.
  static func count(
    inserted: Int, updated: Int, ignored: Int, leftOut: Int, in id: Int64,
    in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE imports SET inserted_count = inserted_count + \(inserted),
        updated_count = updated_count + \(updated), ignored_count = ignored_count + \(ignored),
        left_out_count = left_out_count + \(leftOut), date_progress = \(transaction.now)
      WHERE id = \(id)
      """)
  }

  // MARK: Uploads

  /// Begins an upload under the import's run number, in place of an earlier one.
  static func beginUpload(_ item: Import, in transaction: Transaction) async throws {
    try await transaction.query("DELETE FROM import_parts WHERE import_id = \(item.id)")
    try await transaction.query(
      """
      UPDATE imports SET run_number = \(item.runNumber), date_progress = \(transaction.now), line_count = 0,
        size_bytes = 0 WHERE id = \(item.id)
      """)
  }

  /// Records why an upload ended early, unless another has taken over, and deletes what had arrived.
  ///
  /// - Parameter isFinal: Whether the import fails; otherwise the file may be sent again.
  static func abandonUpload(
    _ id: Int64, run: Int, _ reason: ImportError, isFinal: Bool, in transaction: Transaction
  ) async throws {
    let status = Int64(isFinal ? ImportStatus.failed.rawValue : ImportStatus.uploading.rawValue)
    let rows = try await transaction.query(
      """
      UPDATE imports SET status = \(status), error = \(try JSON(reason)),
        status_info = \(reason.message), date_progress = \(transaction.now),
        date_ended = \(isFinal ? transaction.now : nil)
      WHERE id = \(id) AND status = \(literal: ImportStatus.uploading) AND run_number = \(run)
      """)
    guard rows.affected == 1 else { return }
    try await transaction.query("DELETE FROM import_parts WHERE import_id = \(id)")
  }

  /// Deletes an import with all its records but the contacts.
  static func delete(_ id: Int64, on connection: PostgresConnection) async throws {
    let rows = try await connection.query("DELETE FROM imports WHERE id = \(id)")
    guard rows.affected == 1 else { throw ImportError.noSuchImport(id) }
    try await connection.pipeline([
      "DELETE FROM import_parts WHERE import_id = \(id)",
      "DELETE FROM import_contested WHERE import_id = \(id)",
      "DELETE FROM import_failures WHERE import_id = \(id)",
      "DELETE FROM import_warnings WHERE import_id = \(id)",
      "DELETE FROM import_undos WHERE import_id = \(id)",
      "DELETE FROM import_rows WHERE import_id = \(id)",
      "DELETE FROM import_blocks WHERE import_id = \(id)",
    ])
  }
}
