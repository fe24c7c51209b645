import Foundation
import JobQueue
import Postgres

/// Does what marks of changed contacts ask for, until there are none. Safe to lose: marks stay, and a look
/// every few seconds finds them.
struct RefreshSegments: TransientJob {
  static let name = "segments.refresh"
  static let queue = SegmentJobs.refreshQueue
}

/// Looks for marks that nobody has been told of: their writer died, or Redis was emptied.
struct ReconcileChanges: DurableJob {
  static let name = "segments.look"
  static let queue = SegmentJobs.refreshQueue
}

extension ReconcileChanges {
  /// The age from which a mark counts as overlooked, in seconds.
  private static let age = 1.0

  func reconcile(_ context: JobContext) async throws {
    let limit = context.clock.now.addingTimeInterval(-Self.age)
    if try await RefreshStore.hasMarks(before: limit, on: context.client.postgres) {
      try await context.client.enqueue(RefreshSegments())
    }
    try await context.complete()
  }
}
