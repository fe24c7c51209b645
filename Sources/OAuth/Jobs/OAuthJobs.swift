package import JobQueue
import Users

/// The jobs of clients and tokens.
package enum OAuthJobs {
  /// Their queue.
  static let queue = "oauth"

  /// Registers the handlers.
  package static func register(in registry: inout JobRegistry) {
    registry.register(PruneTokens.self) { _, context in try await PruneTokens.run(context) }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        PruneTokens.name, .every(.seconds(3_600)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneTokens() }
    ]
  }
}

/// Removes tokens, grants and sessions that have expired.
struct PruneTokens: DurableJob {
  static let name = "oauth.prune"
  static let queue = OAuthJobs.queue

  private static let batch = 1000

  /// Removes them set by set, each in a transaction of its own.
  static func run(_ context: JobContext) async throws {
    var count = 0
    repeat {
      try context.checkLease()
      count = try await context.transaction { transaction in
        max(
          try await TokenPruningStore.prune(batch, in: transaction),
          try await SessionStore.prune(batch, in: transaction))
      }
    } while count == batch
    try await context.complete()
  }
}
