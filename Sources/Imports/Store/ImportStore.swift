import CSV
import Foundation
package import Postgres

/// Reads imports.
package struct ImportStore: Sendable {
  /// The connection pool.
  package let pool: PostgresPool

  /// Creates a store on a database.
  package init(pool: PostgresPool) { self.pool = pool }

  /// Returns an import by its id.
  ///
  /// - Throws: ``ImportError`` `notFound`.
  package func get(_ id: Int64) async throws -> Import {
    try await pool.withConnection { try await Self.read(id, on: $0) }
  }

  static func read(
    _ id: Int64, on connection: PostgresConnection, lock: Bool = false
  ) async throws -> Import {
    let suffix: SQL = lock ? " FOR UPDATE" : ""
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM imports WHERE id = \(id)\(sql: suffix)")
    guard let row = rows.first else { throw ImportError.noSuchImport(id) }
    return try decode(row)
  }

  static let columns: SQL = """
    id, object, original_file, status, status_info, error, priority, is_published, is_cancelled,
    allow_duplicates, auto_start, is_foreground, headers, fields, defaults, parser, format, line_count,
    inserted_count, updated_count, ignored_count, part_count, size_bytes, fingerprint, run_number,
    base_id, mode, bucket_count, job_id::text AS job_id, date_added, created_by, created_by_user,
    date_modified, modified_by, modified_by_user, date_started, date_ended, date_progress, time_zone,
    remarks, left_out_count, owner_limit,
    (SELECT u.date_started FROM import_undos u WHERE u.import_id = imports.id) AS undo_started,
    (SELECT u.date_ended FROM import_undos u WHERE u.import_id = imports.id) AS undo_ended,
    (SELECT u.removed_count FROM import_undos u WHERE u.import_id = imports.id) AS undo_removed,
    (SELECT u.kept_count FROM import_undos u WHERE u.import_id = imports.id) AS undo_kept
    """

  private static func decodeUndo(_ row: PostgresRow) throws -> ImportUndo? {
    guard let started: Date = try row.decode("undo_started", as: Date?.self) else { return nil }
    return ImportUndo(
      dateStarted: started, dateEnded: try row.decode("undo_ended"),
      removedCount: try row.decode("undo_removed"), keptCount: try row.decode("undo_kept"))
  }

  static func decode(_ row: PostgresRow) throws -> Import {
    let status: Int = try row.decode("status")
    return Import(
      id: try row.decode("id"),
      object: ImportObject(rawValue: try row.decode("object")) ?? .contact,
      originalFile: try row.decode("original_file"),
      status: ImportStatus(rawValue: status) ?? .failed,
      isPublished: try row.decode("is_published"), isCancelled: try row.decode("is_cancelled"),
      priority: try row.decode("priority"), lineCount: try row.decode("line_count"),
      insertedCount: try row.decode("inserted_count"),
      updatedCount: try row.decode("updated_count"),
      ignoredCount: try row.decode("ignored_count"),
      leftOutCount: try row.decode("left_out_count"),
      remarks: try row.decode("remarks", as: JSON.self).decode(),
      headers: try row.decode("headers", as: JSON.self).decode(),
      fields: try row.decode("fields", as: JSON?.self)?.decode() ?? [:],
      defaults: try row.decode("defaults", as: JSON.self).decode(),
      parser: try row.decode("parser", as: JSON.self).decode(),
      allowDuplicates: try row.decode("allow_duplicates"),
      autoStart: try row.decode("auto_start"), isForeground: try row.decode("is_foreground"),
      partCount: try row.decode("part_count"),
      sizeBytes: try row.decode("size_bytes"), fingerprint: try row.decode("fingerprint"),
      jobID: try row.decode("job_id"),
      error: try row.decode("error", as: JSON?.self)?.decode(),
      statusInfo: try row.decode("status_info"), dateAdded: try row.decode("date_added"),
      createdBy: try row.decode("created_by"), createdByUser: try row.decode("created_by_user"),
      dateModified: try row.decode("date_modified"), modifiedBy: try row.decode("modified_by"),
      modifiedByUser: try row.decode("modified_by_user"),
      dateStarted: try row.decode("date_started"),
      dateEnded: try row.decode("date_ended"), dateProgress: try row.decode("date_progress"),
      undo: try decodeUndo(row),
      mode: try row.decode("mode", as: String?.self).flatMap(Import.Mode.init(rawValue:)),
      format: try row.decode("format", as: JSON?.self)?.decode(),
      runNumber: try row.decode("run_number"), baseID: try row.decode("base_id"),
      timeZone: try row.decode("time_zone"), bucketCount: try row.decode("bucket_count"),
      ownerLimit: try row.decode("owner_limit"),
      hasMapping: !(try row.isNull("fields")))
  }
}
