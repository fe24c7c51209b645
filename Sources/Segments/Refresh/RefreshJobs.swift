import Foundation
import JobQueue
import Postgres

/// Processes marks of changed contacts until there are none. Safe to lose: marks stay, and a periodic
/// check finds them within seconds.
struct RefreshSegments: TransientJob {
  static let name = "segments.refresh"
  static let queue = SegmentJobs.refreshQueue
}

/// Looks for marks that caused no refresh: their writer died, or Redis was emptied.
struct ReconcileChanges: DurableJob {
  static let name = "segments.look"
  static let queue = SegmentJobs.refreshQueue
}

extension ReconcileChanges {
  /// The age in seconds from which a mark counts as overlooked.
  private static let age = 1.0

  func reconcile(_ context: JobContext) async throws {
    let limit = context.clock.now.addingTimeInterval(-Self.age)
    if try await RefreshStore.hasMarks(before: limit, on: context.client.postgres) {
      try await context.client.enqueue(RefreshSegments())
    }
    try await context.complete()
  }
}
