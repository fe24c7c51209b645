import Contacts
import Foundation
import JobQueue

/// Deletes hits and devices after the days of the settings (tracking.md 17), and what waited for a hit in vain (14).
struct PruneHits: DurableJob {
  static let name = "tracking.prune"
  static let queue = TrackingQueue.name
}

enum HitPruning {
  /// The number of rows that one transaction looks at.
  static let size = 5_000

  static func run(_ settings: TrackingSettings, _ context: JobContext) async throws {
    func limit(_ days: Int) -> Date {
      context.clock.now.addingTimeInterval(-Double(days) * 86_400)
    }
    if settings.hitDays > 0 {
      let limit = limit(settings.hitDays)
      try await each(context) {
        try await HitPruningStore.prune(before: limit, after: $0, count: size, in: $1)
      }
      try await each(context) { _, transaction in
        try await VideoHitStore.prune(before: limit, count: size, in: transaction) ? 0 : nil
      }
      try await each(context) {
        try await HitPruningStore.pruneAside(before: limit, count: size, in: $1) ? $0 : nil
      }
    }
    if settings.deviceDays > 0 {
      let limit = limit(settings.deviceDays)
      try await each(context) {
        try await DevicePruningStore.prune(before: limit, after: $0, count: size, in: $1)
      }
    }
    let expired = context.clock.now.addingTimeInterval(-VisitorContent.life)
    try await each(context) { _, transaction in
      try await VisitorContentStore.prune(before: expired, count: size, in: transaction) ? 0 : nil
    }
    try await context.complete()
  }

  /// Goes through a table, each step in a transaction that begins after the id the one before it returned, until a step
  /// returns nil.
  private static func each(
    _ context: JobContext,
    _ step: @escaping @Sendable (Int64, Transaction) async throws -> Int64?
  ) async throws {
    var last: Int64? = 0
    while let after = last {
      try context.checkLease()
      last = try await context.transaction { try await step(after, $0) }
    }
  }
}
