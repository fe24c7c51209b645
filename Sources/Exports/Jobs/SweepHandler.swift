import Foundation
import JobQueue
import Postgres

/// The handler of ``SweepExports``: polls for what no event ends.
struct SweepHandler: Sendable {
  /// The time for which an export without a job is left alone, in seconds.
  private static let gracePeriod: TimeInterval = 60

  func handle(_ context: JobContext) async throws {
    let now = context.clock.now
    try await context.transaction(at: now) { transaction in
      try await ExportStore.expire(in: transaction)
    }
    try await findLost(context, now)
    try await context.complete { transaction in try DiscardExportParts.enqueue(transaction.outbox) }
  }

  /// Fails exports whose job died, and requeues those whose job is gone.
  private func findLost(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.gracePeriod)
    try await context.transaction(at: now) { transaction in
      for lost in try await ExportStore.lockLost(since: limit, on: transaction.connection) {
        if lost.isDead {
          let error = ExportError(.failed, lost.error ?? "the work was given up")
          try await ExportStore.fail(lost.id, error, in: transaction)
        } else {
          let job = try RunExport.enqueue(
            lost.id, createdBy: lost.user, perUser: ExportSettings().perUser, transaction.outbox)
          try await ExportStore.queueAgain(lost.id, job: job, on: transaction.connection)
        }
      }
    }
  }
}
