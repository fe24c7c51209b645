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
    try await context.complete { transaction in
      for object in ImportObject.allCases {
        try await ImportTransitions(settings: settings)
          .startNext(object, in: transaction)
      }
    }
  }

  /// Imports in progress without saved progress for too long (IMP-65).
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

  /// Imports that nothing drives any more, because their jobs were cancelled or purged. The plan
  /// goes on with the parts that are still to be done.
  private func planAgain(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
    try await context.transaction { transaction in
      for item in try await ImportStore.lockUndriven(since: limit, on: transaction.connection) {
        try ImportTransitions.enqueue(item, transaction.outbox)
      }
    }
  }

  /// Uploads that nobody goes on with.
  private func dropUploads(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-settings.uploadStaleAfter)
    try await context.transaction(at: now) { transaction in
      let ids = try await ImportStore.lockStaleUploads(since: limit, on: transaction.connection)
      guard !ids.isEmpty else { return }
      let error = ImportError(.cutOff, "the upload was not completed")
      try await ImportStore.failUploads(ids, error, in: transaction)
    }
  }

  /// Files of imports that ended while something still held them (IMP-72).
  private func deleteFiles(_ context: JobContext) async throws {
    try await context.transaction { transaction in
      for id in try await ImportStore.endedWithFile(on: transaction.connection) {
        try await PartStore.deleteFile(id, on: transaction.connection)
      }
    }
  }
}
