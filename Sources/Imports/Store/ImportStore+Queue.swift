import Foundation
import JobQueue
import Postgres

/// Queries for imports that may begin or are stalled.
extension ImportStore {
  /// Returns the number of imports that take a slot ahead of this one: those in progress, and
  /// delayed ones with precedence (IMP-24, IMP-25). Foreground imports take none.
  static func countAhead(
    of item: Import, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.query(
      """
      SELECT count(*) AS n FROM imports
      WHERE object = \(item.object.rawValue) AND id <> \(item.id) AND NOT is_foreground
        AND (status = \(literal: ImportStatus.inProgress)
          OR status = \(literal: ImportStatus.delayed) AND is_published
            AND (priority, id) < (\(item.priority), \(item.id)))
      """
    ).first?.decode("n", as: Int.self) ?? 0
  }

  /// Returns delayed imports for which a slot is free and whose plan is not queued, in order.
  ///
  /// - Parameter job: The name of the planning job.
  static func next(
    _ object: ImportObject, limit: Int, unlessQueued job: String, on connection: PostgresConnection
  ) async throws -> [Import] {
    try await connection.query(
      """
      SELECT \(sql: columns) FROM (
        SELECT * FROM imports
        WHERE object = \(object.rawValue) AND status = \(literal: ImportStatus.delayed)
          AND is_published
        ORDER BY priority, id
        LIMIT greatest(0, \(limit)::bigint - (
          SELECT count(*) FROM imports
          WHERE object = \(object.rawValue) AND status = \(literal: ImportStatus.inProgress)
            AND NOT is_foreground))
      ) AS imports
      WHERE NOT EXISTS (
        SELECT FROM jobs
        WHERE object_type = 'import' AND object_id = imports.id AND name = \(job)
          AND unique_key = imports.id || '.' || run_number
          AND \(sql: JobTable.isUnfinished()))
      ORDER BY priority, id
      """
    ).map(decode)
  }

  /// Locks and returns imports in progress that have saved nothing since an instant.
  static func lockStale(
    since limit: Date, on connection: PostgresConnection
  ) async throws -> [Import] {
    try await connection.query(
      """
      SELECT \(sql: columns) FROM imports
      WHERE status = \(literal: ImportStatus.inProgress) AND date_progress < \(limit)
      ORDER BY id FOR UPDATE SKIP LOCKED
      """
    ).map(decode)
  }

  /// Locks and returns imports in progress without an unfinished job.
  static func lockUndriven(
    since limit: Date, on connection: PostgresConnection
  ) async throws -> [Import] {
    try await connection.query(
      """
      SELECT \(sql: columns) FROM imports
      WHERE status IN (\(literal: ImportStatus.queued), \(literal: ImportStatus.inProgress))
        AND is_published AND date_progress < \(limit) AND NOT EXISTS (
          SELECT FROM jobs
          WHERE object_type = 'import' AND object_id = imports.id
            AND \(sql: JobTable.isUnfinished()))
      ORDER BY id FOR UPDATE SKIP LOCKED
      """
    ).map(decode)
  }

  /// Locks and returns imports whose upload has received nothing since an instant.
  static func lockStaleUploads(
    since limit: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT id FROM imports
      WHERE status = \(literal: ImportStatus.uploading) AND date_progress < \(limit)
      ORDER BY id FOR UPDATE SKIP LOCKED
      """
    ).map { try $0.decode("id", as: Int64.self) }
  }

  /// Returns imports that have ended and still have a file.
  static func endedWithFile(on connection: PostgresConnection) async throws -> [Int64] {
    try await connection.query(
      """
      SELECT DISTINCT p.import_id FROM import_parts p LEFT JOIN imports i ON i.id = p.import_id
      WHERE p.bytes IS NOT NULL AND (i.id IS NULL
        OR i.status IN (\(literal: ImportStatus.imported), \(literal: ImportStatus.failed))
        OR i.is_cancelled)
      """
    ).map { try $0.decode("import_id") }
  }

  /// Returns whether a run of an import is still in progress. Takes no lock: stopping need not wait
  /// for parts.
  static func isRunning(
    _ id: Int64, run: Int, on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      SELECT FROM imports WHERE id = \(id) AND status = \(literal: ImportStatus.inProgress)
        AND run_number = \(run)
      """
    ).isEmpty
  }

  /// Reserves ids for the contacts that the rows of an import create.
  ///
  /// - Returns: The first id.
  static func reserveIDs(
    for item: Import, on connection: PostgresConnection
  ) async throws -> Int64? {
    let rows = try await connection.query(
      "SELECT reserve_contact_ids(\(item.lineCount)) AS first")
    guard let first: Int64 = try rows.first?.decode("first") else { return nil }
    if item.lineCount > 0 {
      try await connection.query(
        """
        INSERT INTO import_blocks (first_id, last_id, import_id)
        VALUES (\(first), \(first + Int64(item.lineCount) - 1), \(item.id))
        """)
    }
    return first
  }
}
