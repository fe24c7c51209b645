import Foundation
import JobQueue
import Postgres

/// Handles ``FinishImport``.
struct FinishHandler: Sendable {
  let settings: ImportSettings

  func handle(_ job: FinishImport, _ context: JobContext) async throws {
    let now = context.clock.now
    try await context.complete { connection, outbox in
      let item: Import
      do {
        item = try await ImportStore.read(job.importID, on: connection, lock: true)
      } catch let error as ImportError where error.code == .notFound {
        return
      }
      guard item.status == .inProgress, item.runNumber == job.run, let mode = item.mode else {
        return
      }
      let pending = try await PartStore.pending(item.id, on: connection)
      let transitions = ImportTransitions(settings: settings, now: now)
      // All jobs of the batch have ended, so a part that is still pending lost its job: it was
      // given up after it had brought down workers, or failed too often.
      let lost = job.part.map { pending.contains($0) ? [$0] : [] } ?? pending
      if let part = lost.first {
        let error = try await Self.place(
          item, part, "its job was given up", on: connection)
        return try await transitions.failed(item, error, on: connection, outbox)
      }
      if job.afterTail, try await !Self.buckets(item.id, on: connection).isEmpty {
        let error = ImportError(.part, "rows that share identifiers could not be imported")
        return try await transitions.failed(item, error, on: connection, outbox)
      }
      if mode == .ordered, let error = try await Self.failedPart(item, on: connection) {
        return try await transitions.failed(item, error, on: connection, outbox)
      }
      try await goOn(item, mode: mode, pending: pending, connection, outbox, now: now)
    }
  }

  /// Enqueues what is next, or ends the import.
  func goOn(
    _ item: Import, mode: Import.Mode, pending: [Int], _ connection: PostgresConnection,
    _ outbox: JobOutbox, now: Date
  ) async throws {
    let options = EnqueueOptions.of(item)
    if mode == .ordered, let next = pending.first {
      try outbox.addBatch(
        [ImportPart(importID: item.id, run: item.runNumber, part: next)], options,
        then: FinishImport(importID: item.id, run: item.runNumber, part: next, afterTail: false),
        options)
      return
    }
    if !pending.isEmpty {
      try outbox.addBatch(
        pending.map { ImportPart(importID: item.id, run: item.runNumber, part: $0) }, options,
        then: FinishImport(importID: item.id, run: item.runNumber, part: nil, afterTail: false),
        options)
      return
    }
    let buckets = try await Self.buckets(item.id, on: connection)
    if !buckets.isEmpty {
      try outbox.addBatch(
        buckets.map { ContestedRowsJob(importID: item.id, run: item.runNumber, bucket: $0) },
        options,
        then: FinishImport(importID: item.id, run: item.runNumber, part: nil, afterTail: true),
        options)
      return
    }
    let transitions = ImportTransitions(settings: settings, now: now)
    if let error = try await Self.failedPart(item, on: connection) {
      try await transitions.failed(item, error, on: connection, outbox)
    } else {
      try await transitions.imported(item, on: connection, outbox)
    }
  }

  private static func buckets(
    _ importID: Int64, on connection: PostgresConnection
  ) async throws -> [Int] {
    try await connection.query(
      """
      SELECT DISTINCT bucket FROM import_contested WHERE import_id = \(importID) ORDER BY bucket
      """
    ).map { try $0.decode("bucket") }
  }

  /// The error of the first part that failed.
  private static func failedPart(
    _ item: Import, on connection: PostgresConnection
  ) async throws -> ImportError? {
    let rows = try await connection.query(
      """
      SELECT number, error FROM import_parts WHERE import_id = \(item.id)
        AND state = \(literal: PartStore.State.failed)
      ORDER BY number LIMIT 1
      """)
    guard let row = rows.first else { return nil }
    return try await place(
      item, try row.decode("number"), try row.decode("error", as: String?.self) ?? "it failed",
      on: connection)
  }

  /// An error that says where in the file it happened.
  static func place(
    _ item: Import, _ part: Int, _ reason: String, on connection: PostgresConnection
  ) async throws -> ImportError {
    let rows = try await connection.query(
      """
      SELECT first_row, first_line, rows FROM import_parts
      WHERE import_id = \(item.id) AND number = \(part)
      """)
    guard let row = rows.first else { return ImportError(.fileNotFound, "file not found") }
    let first: Int = try row.decode("first_row")
    let count: Int = try row.decode("rows")
    return ImportError(
      .part,
      "part \(part + 1) (rows \(first) to \(first + count - 1)) could not be imported: \(reason)",
      line: try row.decode("first_line"))
  }
}
