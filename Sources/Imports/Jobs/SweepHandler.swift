import Foundation
import JobQueue
import Postgres

/// Handles ``SweepImports``: what no event brings to an end is found by looking.
struct SweepHandler: Sendable {
  let settings: ImportSettings

  /// For how long an import without jobs and without progress is left alone, seconds.
  private static let patience: TimeInterval = 60

  func handle(_ job: SweepImports, _ context: JobContext) async throws {
    let now = context.clock.now
    try await failStale(context, now)
    try await dropUploads(context, now)
    try await deleteFiles(context)
    try await planAgain(context, now)
    let settings = settings
    try await context.complete { connection, outbox in
      for object in ImportObject.allCases {
        try await ImportTransitions(settings: settings, now: now)
          .startNext(object, on: connection, outbox)
      }
    }
  }

  /// Imports in progress without saved progress for too long (IMP-65).
  private func failStale(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-settings.staleAfter)
    let settings = settings
    try await context.transaction { connection, outbox in
      let rows = try await connection.query(
        """
        SELECT \(sql: ImportStore.columns) FROM imports
        WHERE status = \(literal: ImportStatus.inProgress)
          AND date_progress < \(limit) ORDER BY id FOR UPDATE SKIP LOCKED
        """)
      for row in rows {
        let item = try ImportStore.decode(row)
        let hours = settings.staleAfter / 3600
        try await ImportTransitions(settings: settings, now: now).failed(
          item, ImportError(.stale, "no progress for \(hours.formatted()) hours"), on: connection,
          outbox)
      }
    }
  }

  /// Imports that nothing drives any more, because their jobs were cancelled or purged. The plan
  /// goes on with the parts that are still to be done.
  private func planAgain(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
    try await context.transaction { connection, outbox in
      let rows = try await connection.query(
        """
        SELECT \(sql: ImportStore.columns) FROM imports
        WHERE status IN (\(literal: ImportStatus.queued), \(literal: ImportStatus.inProgress))
          AND is_published AND date_progress < \(limit) AND NOT EXISTS (
          SELECT FROM jobs
          WHERE object_type = 'import' AND object_id = imports.id AND state = 0)
        ORDER BY id FOR UPDATE SKIP LOCKED
        """)
      for row in rows { try ImportTransitions.enqueue(try ImportStore.decode(row), outbox) }
    }
  }

  /// Uploads that nobody goes on with.
  private func dropUploads(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-settings.uploadStaleAfter)
    try await context.transaction { connection, _ in
      let rows = try await connection.query(
        """
        SELECT id FROM imports WHERE status = \(literal: ImportStatus.uploading)
          AND date_progress < \(limit)
        ORDER BY id FOR UPDATE SKIP LOCKED
        """)
      let ids = try rows.map { try $0.decode("id", as: Int64.self) }
      guard !ids.isEmpty else { return }
      let error = ImportError(.cutOff, "the upload was not completed")
      try await connection.query(
        """
        UPDATE imports SET status = \(literal: ImportStatus.failed), error = \(try JSON(error)),
          status_info = \(error.message),
          date_ended = \(now), line_count = 0
        WHERE id = ANY(\(ids))
        """)
      try await connection.query("DELETE FROM import_parts WHERE import_id = ANY(\(ids))")
    }
  }

  /// Files of imports that ended while something still held them (IMP-72).
  private func deleteFiles(_ context: JobContext) async throws {
    try await context.transaction { connection, _ in
      let rows = try await connection.query(
        """
        SELECT DISTINCT p.import_id FROM import_parts p LEFT JOIN imports i ON i.id = p.import_id
        WHERE p.bytes IS NOT NULL AND (i.id IS NULL
          OR i.status IN (\(literal: ImportStatus.imported), \(literal: ImportStatus.failed))
          OR i.is_cancelled)
        """)
      for row in rows {
        try await PartStore.deleteFile(try row.decode("import_id"), on: connection)
      }
    }
  }
}
