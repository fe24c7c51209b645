import Foundation
import JobQueue
import Postgres

/// The handler of ``SweepImports``: polls for what no event ends.
struct SweepHandler: Sendable {
  let settings: ImportSettings

  /// The time for which an import without jobs and progress is left alone, in seconds.
  private static let gracePeriod: TimeInterval = 60

  func handle(_ job: SweepImports, _ context: JobContext) async throws {
    let now = context.clock.now
    try await failStale(context, now)
    try await dropUploads(context, now)
    try await deleteFiles(context)
    try await planAgain(context, now)
    let settings = settings
    try await context.complete { transaction in
      for object in ImportObject.allCases {
        try await ImportTransitions(settings: settings)
          .startNext(object, in: transaction)
      }
    }
  }

  /// Fails imports in progress that have not saved progress for too long (IMP-65).
  private func failStale(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-settings.staleAfter)
    let settings = settings
    try await context.transaction { transaction in
      for item in try await ImportStore.lockStale(since: limit, on: transaction.connection) {
        let hours = settings.staleAfter / 3600
        try await ImportTransitions(settings: settings).failed(
          item, ImportError(.stale, "no progress for \(hours.formatted()) hours"), in: transaction)
      }
    }
  }

  /// Plans again imports whose jobs were cancelled or purged. The plan continues with the pending
  /// parts.
  private func planAgain(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.gracePeriod)
    try await context.transaction { transaction in
      for item in try await ImportStore.lockUndriven(since: limit, on: transaction.connection) {
        try ImportTransitions.enqueue(item, transaction.outbox)
      }
    }
  }

  /// Fails abandoned uploads.
  private func dropUploads(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-settings.uploadStaleAfter)
    try await context.transaction(at: now) { transaction in
      let ids = try await ImportStore.lockStaleUploads(since: limit, on: transaction.connection)
      guard !ids.isEmpty else { return }
      let error = ImportError(.cutOff, "the upload was not completed")
      try await ImportStore.failUploads(ids, error, in: transaction)
    }
  }

  /// Deletes the files of imports that ended while a transaction still held them (IMP-72).
  private func deleteFiles(_ context: JobContext) async throws {
    try await context.transaction { transaction in
      for id in try await ImportStore.endedWithFile(on: transaction.connection) {
        try await PartStore.deleteFile(id, on: transaction.connection)
      }
    }
  }
}
