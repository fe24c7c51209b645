import Foundation
import JobQueue
import Postgres

/// Handles ``SweepExports``: what no event brings to an end is found by looking.
struct SweepHandler: Sendable {
  /// For how long an export without a job is left alone, seconds.
  private static let patience: TimeInterval = 60

  func handle(_ context: JobContext) async throws {
    let now = context.clock.now
    try await context.transaction { connection, _ in
      try await ExportStore.expire(now: now, on: connection)
    }
    try await findLost(context, now)
    try await context.complete { _, outbox in try DiscardExportParts.enqueue(outbox) }
  }

  /// Exports whose job died, or is gone.
  private func findLost(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
    try await context.transaction { connection, outbox in
      for lost in try await ExportStore.lockLost(since: limit, on: connection) {
        if lost.isDead {
          let error = ExportError(.failed, lost.error ?? "the work was given up")
          try await ExportStore.fail(lost.id, error, now: now, on: connection)
        } else {
          let job = try RunExport.enqueue(
            lost.id, createdBy: lost.user, perUser: ExportSettings().perUser, outbox)
          try await ExportStore.queueAgain(lost.id, job: job, on: connection)
        }
      }
    }
  }
}
