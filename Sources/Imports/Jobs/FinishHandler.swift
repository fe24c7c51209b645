import Foundation
import JobQueue
import Postgres

/// The handler of ``FinishImport``.
struct FinishHandler: Sendable {
  let settings: ImportSettings

  func handle(_ job: FinishImport, _ context: JobContext) async throws {
    try await context.complete { transaction in
      let item: Import
      do {
        item = try await ImportStore.read(job.importID, on: transaction.connection, lock: true)
      } catch let error as ImportError where error.code == .notFound {
        return
      }
      guard item.status == .inProgress, item.runNumber == job.run, let mode = item.mode else {
        return
      }
      let pending = try await PartStore.pending(item.id, on: transaction.connection)
      let transitions = ImportTransitions(settings: settings)
      // All jobs of the batch have ended, so a part that is still pending lost its job: it was
      // dropped after crashing workers, or failed too often.
      let lost = job.part.map { pending.contains($0) ? [$0] : [] } ?? pending
      if let part = lost.first {
        let error = try await Self.partError(
          item, part, "its job was given up", on: transaction.connection)
        return try await transitions.failed(item, error, in: transaction)
      }
      if job.afterContested,
        try await !PartStore.buckets(of: item.id, on: transaction.connection).isEmpty
      {
        let error = ImportError(.part, "rows that share identifiers could not be imported")
        return try await transitions.failed(item, error, in: transaction)
      }
      if mode == .ordered, let error = try await Self.failedPart(item, on: transaction.connection) {
        return try await transitions.failed(item, error, in: transaction)
      }
      try await proceed(item, mode: mode, pending: pending, in: transaction)
    }
  }

  /// Enqueues the next step, or ends the import.
  func proceed(
    _ item: Import, mode: Import.Mode, pending: [Int], in transaction: Transaction
  ) async throws {
    let options = EnqueueOptions.of(item)
    if mode == .ordered, let next = pending.first {
      try transaction.outbox.addBatch(
        [ImportPart(importID: item.id, run: item.runNumber, part: next)], options,
        then: FinishImport(
          importID: item.id, run: item.runNumber, part: next, afterContested: false),
        options)
      return
    }
    if !pending.isEmpty {
      try transaction.outbox.addBatch(
        pending.map { ImportPart(importID: item.id, run: item.runNumber, part: $0) }, options,
        then: FinishImport(
          importID: item.id, run: item.runNumber, part: nil, afterContested: false),
        options)
      return
    }
    let buckets = try await PartStore.buckets(of: item.id, on: transaction.connection)
    if !buckets.isEmpty {
      try transaction.outbox.addBatch(
        buckets.map { ContestedRowsJob(importID: item.id, run: item.runNumber, bucket: $0) },
        options,
        then: FinishImport(importID: item.id, run: item.runNumber, part: nil, afterContested: true),
        options)
      return
    }
    let transitions = ImportTransitions(settings: settings)
    if let error = try await Self.failedPart(item, on: transaction.connection) {
      try await transitions.failed(item, error, in: transaction)
    } else {
      try await transitions.imported(item, in: transaction)
    }
  }

  /// Returns the error of the first part that failed.
  private static func failedPart(
    _ item: Import, on connection: PostgresConnection
  ) async throws -> ImportError? {
    guard let failed = try await PartStore.firstFailed(of: item.id, on: connection) else {
      return nil
    }
    return try await partError(item, failed.number, failed.error ?? "it failed", on: connection)
  }

  /// Returns an error that says where in the file it happened.
  static func partError(
    _ item: Import, _ part: Int, _ reason: String, on connection: PostgresConnection
  ) async throws -> ImportError {
    guard let position = try await PartStore.position(of: part, in: item.id, on: connection) else {
      return ImportError(.fileNotFound, "file not found")
    }
    let last = position.firstRow + position.rows - 1
    return ImportError(
      .part,
      "part \(part + 1) (rows \(position.firstRow) to \(last)) could not be imported: \(reason)",
      line: position.firstLine)
  }
}
