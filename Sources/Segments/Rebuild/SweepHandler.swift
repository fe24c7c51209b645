import Foundation
import JobQueue
import Postgres

/// Handles ``SweepSegments``: finds rebuilds that no event starts or ends.
struct SweepHandler: Sendable {
  let options: SegmentOptions

  /// The age in seconds before which a rebuild without jobs is left alone.
  private static let gracePeriod: TimeInterval = 60
  /// The time in seconds for which ended rebuilds are kept.
  private static let retention: TimeInterval = 7 * 86_400

  func handle(_ job: SweepSegments, _ context: JobContext) async throws {
    let now = context.clock.now
    let slot = Date(timeIntervalSince1970: TimeInterval(job.slot))
    let isDue: SQL = """
      swept_at <= \(slot.addingTimeInterval(-60 * TimeInterval(options.sweepMinutes)))
        OR swept_at > \(now)
      """
    if try await RunStore.isSweepDue(isDue, on: context.client.postgres) {
      try await endAbandoned(context, now)
      try await forget(context, now)
    }
    try await context.complete(at: now) { transaction in
      try await SegmentLock.take(on: transaction.connection)
      try await RebuildRun.advanceAll(in: transaction)
      guard try await RunStore.claimSweep(slot, isDue, on: transaction.connection) else { return }
      let needing = try await RebuildStore.needing(options, now: now, on: transaction.connection)
      guard !needing.isEmpty else { return }
      _ = try await RebuildRun.open(except: nil, only: needing, by: nil, in: transaction)
    }
  }

  /// Ends rebuilds and runs whose jobs were cancelled or purged.
  private func endAbandoned(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.gracePeriod)
    let abandoned = try await RebuildStore.abandoned(since: limit, on: context.client.postgres)
    for id in abandoned {
      try await context.transaction(at: now) { transaction in
        try await RebuildEnd.finish(id, in: transaction)
      }
    }
    try await RunStore.endAbandoned(since: limit, now: now, on: context.client.postgres)
  }

  private func forget(_ context: JobContext, _ now: Date) async throws {
    try await RunStore.deleteEnded(
      before: now.addingTimeInterval(-Self.retention), on: context.client.postgres)
  }
}
