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
    var leftOut: [LeftOutContact] = []
    while let export = try await begin(job, context) {
      let faults = try await write(export, without: leftOut, context)
      if faults.isEmpty { return }
      leftOut += faults
    }
  }

  /// Writes the file and ends the job.
  ///
  /// - Parameter leftOut: The contacts that are known to have no row.
  /// - Returns: Further contacts whose rows cannot be formed; the file has to be written anew without them, and the job
  ///   has not ended.
  private func write(
    _ export: Export, without leftOut: [LeftOutContact], _ context: JobContext
  ) async throws -> [LeftOutContact] {
    do {
      let snapshot = try await snapshot(of: export).without(leftOut.map(\.contact))
      let file: (batch: ExportBatch, size: Int64, sha256: String)
      do {
        file = try await FileMaker(
          export: export, snapshot: snapshot, settings: settings, context: context
        ).make()
      } catch {
        let faults = try await faults(behind: error, snapshot, known: leftOut.count, context)
        if faults.isEmpty { throw error }
        return faults
      }
      try await ready(export, file, snapshot.columns.names, leftOut, context)
      metrics.count(contacts: file.batch.processed, bytes: file.size)
    } catch is ExportGone {
      try await context.complete { transaction in try DiscardExportParts.enqueue(transaction.outbox)
      }
    } catch let error as ExportError {
      let isForThem = error.code == .nothing ? leftOut.first : nil
      let reason = isForThem.map { ExportError(.failed, "no row can be formed: \($0.reason)") }
      try await failed(export, reason ?? error, context)
    } catch {
      // The last attempt stores a reason in the export; the dead job has the same one.
      guard context.isLastAttempt, JobOutcome(error, isLastAttempt: true) == .dead else {
        throw error
      }
      context.logger.error("export failed", metadata: ["error": "\(error)"])
      try await failed(export, ExportError(.failed, ExportError.reason(error)), context)
    }
    return []
  }

  private func snapshot(of export: Export) async throws -> Snapshot {
    let fields = try await fields.current()
    return Snapshot(
      condition: try export.options.condition(
        fields: fields, user: export.createdBy, commands: commands),
      order: try export.options.order(fields: fields),
      columns: try ExportColumns(
        export.options.columns, fields: fields, user: export.createdBy),
      format: export.options.format,
      zoned: export.options.raw || settings.timeZone != .gmt,
      delimiter: export.options.delimiterByte)
  }

  /// Returns the contacts whose data an error comes from (EXP-24); none if it has another cause.
  ///
  /// - Throws: ``ExportError`` if they are too many.
  private func faults(
    behind error: any Error, _ snapshot: Snapshot, known: Int, _ context: JobContext
  ) async throws -> [LeftOutContact] {
    guard error is PostgresError, !ErrorCause.isElsewhere(error) else { return [] }
    let faults = try await RowFaults(snapshot: snapshot).find(
      with: context.client.postgres.configuration, context)
    guard known + faults.count <= LeftOutContact.most else {
      throw ExportError(
        .failed,
        "the rows of more than \(LeftOutContact.most) contacts cannot be formed: \(faults[0].reason)"
      )
    }
    if !faults.isEmpty {
      context.logger.warning(
        "contacts are left out of an export: their rows cannot be formed",
        metadata: [
          "contacts": "\(faults.map(\.contact))", "error": "\(faults[0].reason)",
        ])
    }
    return faults
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
    _ columns: [String], _ leftOut: [LeftOutContact], _ context: JobContext
  ) async throws {
    let now = context.clock.now
    let expires = now.addingTimeInterval(Double(settings.days) * 86_400)
    try await context.complete(at: now) { transaction in
      let isCurrent = try await ExportStore.complete(
        export, rows: file.batch.processed, size: file.size, sha256: file.sha256, columns: columns,
        leftOut: leftOut, expires: expires, in: transaction)
      guard isCurrent else { return try DiscardExportParts.enqueue(transaction.outbox) }
      try await ExportAudit.write(
        "ready", export,
        ["count": .integer(file.batch.processed), "leftOut": .integer(Int64(leftOut.count))],
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
}
