import CSV
import Foundation
import JobQueue
import Postgres

extension ImportStore {
  /// Inserts an import whose file follows.
  static func insert(
    _ options: ImportOptions, by actor: ImportActor, now: Date, on pool: PostgresPool
  ) async throws -> Import {
    let mapping = try options.fields.map { try JSON($0) }
    var defaults = options.defaults
    // What he imports is his, or he could not see it.
    if let owner = actor.ownerLimit, owner == actor.id { defaults.owner = defaults.owner ?? owner }
    let rows = try await pool.query(
      """
      INSERT INTO imports (object, original_file, status, priority, allow_duplicates, auto_start,
        is_foreground, fields, defaults, parser, date_added, created_by, created_by_user, date_progress,
        owner_limit)
      VALUES (\(options.object.rawValue), \(options.originalFile),
        \(literal: ImportStatus.uploading), \(options.priority),
        \(options.allowDuplicates), \(options.autoStart), \(!options.background), \(mapping),
        \(try JSON(defaults)), \(try JSON(options.parser)), \(now), \(actor.id),
        \(actor.name), \(now), \(actor.ownerLimit))
      RETURNING \(sql: columns)
      """)
    guard let row = rows.first else { throw ImportError(.invalid, "the import was not stored") }
    return try decode(row)
  }

  /// Adds a part to the file of an upload.
  ///
  /// - Returns: Whether the upload is still the current one of the import.
  static func addPart(
    _ part: CSVPart, size: Int64, to id: Int64, run: Int, now: Date, on pool: PostgresPool
  ) async throws -> Bool {
    try await pool.query(
      """
      WITH mine AS (
        UPDATE imports SET date_progress = \(now), size_bytes = \(size),
          line_count = \(part.firstRow - 1 + part.recordCount)
        WHERE id = \(id) AND status = \(literal: ImportStatus.uploading)
          AND run_number = \(run) RETURNING id)
      INSERT INTO import_parts (import_id, number, bytes, first_row, first_line, rows)
      SELECT id, \(part.index), \(part.bytes), \(part.firstRow), \(part.firstLine),
        \(part.recordCount)
      FROM mine
      """
    ).affected == 1
  }

  /// Records the totals of a complete upload.
  ///
  /// - Returns: Whether the upload is still the current one of the import.
  static func completeUpload(
    of id: Int64, run: Int, status: ImportStatus, names: [String], fields: [String: String],
    remarks: [String], parser: ImportParserSettings, format: CSVFormat, rows: Int,
    isForeground: Bool, parts: Int,
    size: Int64, in transaction: Transaction
  ) async throws -> Bool {
    try await transaction.query(
      """
      UPDATE imports SET status = \(Int64(status.rawValue)), headers = \(try JSON(names)),
        fields = \(try JSON(fields)), parser = \(try JSON(parser)), format = \(try JSON(format)),
        remarks = \(try JSON(remarks)), line_count = \(rows), is_foreground = \(isForeground), part_count = \(parts),
        size_bytes = \(size), error = NULL, status_info = NULL, date_progress = \(transaction.now)
      WHERE id = \(id) AND status = \(literal: ImportStatus.uploading) AND run_number = \(run)
      """
    ).affected == 1
  }

  /// Returns failed rows, in file order.
  static func failures(
    of id: Int64, after row: Int64 = 0, start: Int = 0, limit: Int, on pool: PostgresPool
  ) async throws -> PostgresRows {
    try await pool.query(
      """
      SELECT row_number, line, error, record FROM import_failures
      WHERE import_id = \(id) AND row_number > \(row)
      ORDER BY row_number OFFSET \(start) LIMIT \(limit)
      """)
  }

  /// Returns rows with warnings, in file order.
  static func warnings(
    of id: Int64, start: Int, limit: Int, on pool: PostgresPool
  ) async throws -> PostgresRows {
    try await pool.query(
      """
      SELECT row_number, line, text FROM import_warnings WHERE import_id = \(id)
      ORDER BY row_number OFFSET \(start) LIMIT \(limit)
      """)
  }

  /// Returns the number of rows with warnings.
  static func warningCount(of id: Int64, on pool: PostgresPool) async throws -> Int {
    try await pool.query(
      "SELECT count(*) AS n FROM import_warnings WHERE import_id = \(id)"
    ).first?.decode("n") ?? 0
  }

  /// Returns the number of failed rows.
  static func failureCount(of id: Int64, on pool: PostgresPool) async throws -> Int {
    try await pool.query(
      "SELECT count(*) AS n FROM import_failures WHERE import_id = \(id)"
    ).first?.decode("n") ?? 0
  }
}
