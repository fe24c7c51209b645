import Fields
import Foundation
import JobQueue
import Postgres
import Query
import Users

/// The handler of ``RunExport``. A worker that takes over from a dead one starts again under a new
/// run number: what the dead one had written belongs to no file (EXP-17).
struct RunHandler: Sendable {
  let fields: FieldStore
  let commands: [String: SearchCommand]
  let settings: ExportSettings
  let metrics: ExportMetrics

  func handle(_ job: RunExport, _ context: JobContext) async throws {
    guard let export = try await begin(job, context) else { return }
    do {
      let fields = try await fields.current()
      let snapshot = Snapshot(
        condition: try export.options.condition(
          fields: fields, user: export.createdBy, commands: commands),
        order: try export.options.order(fields: fields),
        columns: try ExportColumns(
          export.options.columns, fields: fields, user: export.createdBy),
        format: export.options.format,
        zoned: export.options.raw || settings.timeZone != .gmt,
        delimiter: export.options.delimiterByte)
      let file = try await FileMaker(
        export: export, snapshot: snapshot, settings: settings, context: context
      ).make()
      try await ready(export, file, snapshot.columns.names, context)
      metrics.count(contacts: file.batch.processed, bytes: file.size)
    } catch is ExportGone {
      try await context.complete { transaction in try DiscardExportParts.enqueue(transaction.outbox)
      }
    } catch let error as ExportError {
      try await failed(export, error, context)
    } catch {
      // The last attempt stores a reason in the export; the dead job has the same one.
      guard context.isLastAttempt, JobOutcome(error, isLastAttempt: true) == .dead else {
        throw error
      }
      context.logger.error("export failed", metadata: ["error": "\(error)"])
      try await failed(export, ExportError(.failed, Self.reason(error)), context)
    }
  }

  /// Begins the export; nil if there is nothing to do.
  private func begin(_ job: RunExport, _ context: JobContext) async throws -> Export? {
    let settings = settings
    return try await context.transaction { transaction in
      guard
        let export = try await ExportStore.find(
          job.exportID, on: transaction.connection, lock: true),
        export.status.isPending
      else { return nil }
      if export.run > 0 { try DiscardExportParts.enqueue(transaction.outbox) }
      try await ExportStore.begin(
        export.id, partBytes: settings.partBytes, job: context.id, in: transaction)
      return try await ExportStore.find(export.id, on: transaction.connection)
    }
  }

  /// Completes the file in the transaction that ends the job.
  private func ready(
    _ export: Export, _ file: (batch: ExportBatch, size: Int64, sha256: String),
    _ columns: [String], _ context: JobContext
  ) async throws {
    let now = context.clock.now
    let expires = now.addingTimeInterval(Double(settings.days) * 86_400)
    try await context.complete(at: now) { transaction in
      let isCurrent = try await ExportStore.complete(
        export, rows: file.batch.processed, size: file.size, sha256: file.sha256, columns: columns,
        expires: expires, in: transaction)
      guard isCurrent else { return try DiscardExportParts.enqueue(transaction.outbox) }
      try await ExportAudit.write(
        "ready", export, ["count": .integer(file.batch.processed)],
        by: Author(id: export.createdBy, name: export.createdByUser), in: transaction)
      if export.options.notifyEmail {
        try await settings.onReady?(export, transaction)
      }
    }
  }

  private func failed(
    _ export: Export, _ error: ExportError, _ context: JobContext
  ) async throws {
    try await context.complete { transaction in
      try DiscardExportParts.enqueue(transaction.outbox)
      try await ExportStore.fail(export, error, in: transaction)
    }
  }

  /// Returns the description of an error without any data.
  private static func reason(_ error: any Error) -> String {
    (error as? PostgresError)?.message ?? "\(error)"
  }
}
