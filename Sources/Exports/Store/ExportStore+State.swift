import Foundation
import JobQueue
import Postgres

/// The state changes of exports, each one statement in a transaction that holds the export's row or
/// names its run.
extension ExportStore {
  /// Inserts an export that waits for its job.
  static func insert(
    _ options: ExportOptions, columns names: [String], fileName: String, by user: ExportUser,
    in transaction: Transaction
  ) async throws -> Export? {
    try await transaction.query(
      """
      INSERT INTO exports (format, status, options, columns, file_name, date_added, created_by,
        created_by_user)
      VALUES (\(options.format.rawValue), \(literal: ExportStatus.queued), \(try JSON(options)),
        \(names), \(fileName), \(transaction.now), \(user.author.id), \(user.author.name))
      RETURNING \(sql: columns)
      """
    ).first.map(decode)
  }

  /// Records the job of an export.
  static func setJob<ID: PostgresEncodable>(
    _ job: ID, of id: Int64, on connection: PostgresConnection
  ) async throws {
    try await connection.query("UPDATE exports SET job_id = \(job) WHERE id = \(id)")
  }

  /// Resets an export to wait for a new job.
  static func queueAgain<ID: PostgresEncodable>(
    _ id: Int64, job: ID, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.queued), job_id = \(job)
      WHERE id = \(id)
      """)
  }

  /// Begins an export under the next run number.
  static func begin<ID: PostgresEncodable>(
    _ id: Int64, partBytes: Int, job: ID, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.inProgress), run = run + 1,
        part_bytes = \(partBytes), row_count = NULL, processed_count = 0, neutralised_count = 0,
        shortened_count = 0, date_started = \(transaction.now), job_id = \(job)
      WHERE id = \(id)
      """)
  }

  /// Records that the file of a run is complete.
  ///
  /// - Returns: Whether the run is still the current one of the export.
  static func complete(
    _ export: Export, rows: Int64, size: Int64, sha256: String, columns: [String],
    leftOut: [LeftOutContact], expires: Date, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.ready), row_count = \(rows),
        processed_count = \(rows), columns = \(columns), file_size = \(size), sha256 = \(sha256),
        left_out = \(try JSON(leftOut)),
        date_ended = \(transaction.now), date_expires = \(expires), job_id = NULL, error = NULL
      WHERE id = \(export.id) AND run = \(export.run)
        AND status = \(literal: ExportStatus.inProgress)
      """
    ).affected == 1
  }

  /// Records why a run failed, if it is still the current one of the export.
  static func fail(
    _ export: Export, _ error: ExportError, in transaction: Transaction
  ) async throws {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.failed), error = \(try JSON(error)),
        date_ended = \(transaction.now), job_id = NULL
      WHERE id = \(export.id) AND run = \(export.run)
        AND status = \(literal: ExportStatus.inProgress)
      """)
  }

  /// Records why an export whose job is dead failed.
  static func fail(_ id: Int64, _ error: ExportError, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.failed), error = \(try JSON(error)),
        date_ended = \(transaction.now), job_id = NULL
      WHERE id = \(id)
      """)
  }

  /// Locks an export and returns it.
  ///
  /// - Throws: ``ExportError`` `notFound`.
  static func lock(_ id: Int64, in transaction: Transaction) async throws -> Export {
    guard let export = try await find(id, on: transaction.connection, lock: true) else {
      throw ExportError.noSuchExport(id)
    }
    return export
  }

  /// Stops an export.
  static func stop(_ id: Int64, by user: ExportUser, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.stopped), date_ended = \(transaction.now),
        date_modified = \(transaction.now), modified_by = \(user.author.id),
        modified_by_user = \(user.author.name)
      WHERE id = \(id)
      """)
  }

  /// Deletes an export.
  static func delete(_ id: Int64, on connection: PostgresConnection) async throws {
    try await connection.query("DELETE FROM exports WHERE id = \(id)")
  }

  /// Marks files as expired. The record stays and shows that there was a file (EXP-16).
  static func expire(in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE exports SET status = \(literal: ExportStatus.expired)
      WHERE status = \(literal: ExportStatus.ready) AND date_expires <= \(transaction.now)
      """)
  }

  /// An export that waits or runs and has no unfinished job.
  struct Lost: Sendable {
    let id: Int64
    let user: Int64?
    /// Whether its job died.
    let isDead: Bool
    /// The last error of that job.
    let error: String?
  }

  /// Locks and returns exports whose job died or is gone, and that began before an instant.
  static func lockLost(
    since limit: Date, on connection: PostgresConnection
  ) async throws -> [Lost] {
    try await connection.query(
      """
      SELECT e.id, e.created_by, dead.last_error, dead.id IS NOT NULL AS is_dead
      FROM exports e
      LEFT JOIN LATERAL (
        SELECT j.id, j.last_error FROM jobs j
        WHERE j.object_type = 'export' AND j.object_id = e.id AND \(sql: JobTable.isDead("j")) LIMIT 1
      ) dead ON true
      WHERE e.status IN (\(literal: ExportStatus.queued), \(literal: ExportStatus.inProgress))
        AND coalesce(e.date_started, e.date_added) < \(limit)
        AND NOT EXISTS (SELECT FROM jobs j
          WHERE j.object_type = 'export' AND j.object_id = e.id
            AND \(sql: JobTable.isUnfinished("j")))
      ORDER BY e.id FOR UPDATE OF e SKIP LOCKED
      """
    ).map {
      Lost(
        id: try $0.decode("id"), user: try $0.decode("created_by"),
        isDead: try $0.decode("is_dead"), error: try $0.decode("last_error"))
    }
  }

  // MARK: Parts

  /// Saves the progress of a run.
  ///
  /// - Returns: Whether the run is still the current one of the export.
  static func saveProgress(
    total: Int64, processed: Int64, neutralised: Int64, shortened: Int64, of id: Int64, run: Int,
    on connection: PostgresConnection
  ) async throws -> Bool {
    try await connection.query(
      """
      UPDATE exports SET row_count = \(total), processed_count = \(processed),
        neutralised_count = \(neutralised), shortened_count = \(shortened)
      WHERE id = \(id) AND run = \(run) AND status = \(literal: ExportStatus.inProgress)
      """
    ).affected == 1
  }

  /// Inserts parts given in COPY's binary form.
  static func copyParts(
    _ bytes: [UInt8], on connection: PostgresConnection
  ) async throws {
    try await connection.copyIn(
      "COPY export_parts (export_id, run, number, bytes) FROM STDIN (FORMAT binary)"
    ) { writer in
      try await writer.write(bytes)
    }
  }

  /// Deletes a limited number of parts that belong to no file.
  ///
  /// - Returns: The number of parts deleted.
  static func deleteParts(limit: Int, on connection: PostgresConnection) async throws -> Int {
    try await connection.query(
      """
      DELETE FROM export_parts WHERE (export_id, run, number) IN (
        SELECT p.export_id, p.run, p.number FROM export_parts p
        WHERE NOT EXISTS (
          SELECT FROM exports e
          WHERE e.id = p.export_id AND e.run = p.run
            AND e.status IN (\(literal: ExportStatus.inProgress), \(literal: ExportStatus.ready)))
        ORDER BY p.export_id, p.run, p.number LIMIT \(limit)
        FOR UPDATE SKIP LOCKED)
      """
    ).affected
  }

  /// Returns the file names with a prefix.
  static func fileNames(
    startingWith base: String, on connection: PostgresConnection
  ) async throws -> Set<String> {
    Set(
      try await connection.query(
        "SELECT file_name FROM exports WHERE starts_with(file_name, \(base))"
      ).map { try $0.decode("file_name", as: String.self) })
  }
}
