import Foundation
import JobQueue
import Postgres

/// Handles ``SweepExports``: what no event brings to an end is found by looking.
struct SweepHandler: Sendable {
  /// For how long an export without a job is left alone, seconds.
  private static let patience: TimeInterval = 60

  func handle(_ context: JobContext) async throws {
    let now = context.clock.now
    try await context.transaction(at: now) { transaction in
      try await ExportStore.expire(in: transaction)
    }
    try await findLost(context, now)
    try await context.complete { transaction in try DiscardExportParts.enqueue(transaction.outbox) }
  }

  /// Exports whose job died, or is gone.
  private func findLost(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
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
