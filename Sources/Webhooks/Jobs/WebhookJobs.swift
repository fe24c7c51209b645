package import JobQueue
import Postgres

/// The jobs of webhooks.
package enum WebhookJobs {
  /// The queue of the jobs of webhooks; the workers that serve it send.
  package static let queue = "webhooks"

  /// Registers the handlers.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - dispatcher: Sends in this process.
  package static func register(in registry: inout JobRegistry, dispatcher: WebhookDispatcher) {
    registry.register(WakeWebhooks.self) { _, _ in dispatcher.wake() }
    registry.register(PruneWebhooks.self) { _, context in
      var isMore = true
      while isMore {
        try context.checkLease()
        isMore = try await context.transaction { transaction in
          try await WebhookLogStore.prune(1_000, in: transaction)
        }
      }
      try await context.complete()
    }
  }

  /// The jobs that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "webhooks.prune", .every(.seconds(3_600)), options: EnqueueOptions(uniqueKey: "prune")
      ) { _ in PruneWebhooks() }
    ]
  }
}

/// Lets a worker look for webhooks that are due. Safe to lose: workers look by themselves within seconds.
struct WakeWebhooks: TransientJob {
  static let name = "webhooks.wake"
  static let queue = WebhookJobs.queue
}

/// Deletes old deliveries, and events that nobody took.
struct PruneWebhooks: DurableJob {
  static let name = "webhooks.prune"
  static let queue = WebhookJobs.queue
}
