import Contacts
package import JobQueue
package import Logging
import Segments
package import ServiceLifecycle

/// Lets workers send at once what transactions of this process have told webhooks. Workers find the rest by themselves
/// within seconds.
package struct WebhookWaker: Service, CustomStringConvertible {
  /// The shortest time between two jobs that one process enqueues.
  private static let pause = Duration.milliseconds(25)

  private let jobs: JobClient
  private let isNeeded: @Sendable () async throws -> Bool
  private let logger: Logger
  private let signals = WakeSignals()

  /// Creates a waker, which hears of commits from here on.
  ///
  /// - Parameter isNeeded: Whether any webhook is in use, known without asking the database each time.
  package init(
    jobs: JobClient, logger: Logger, isNeeded: @escaping @Sendable () async throws -> Bool
  ) {
    self.jobs = jobs
    self.logger = logger
    self.isNeeded = isNeeded
    for event in [ContactsChanged.self, SegmentMembersChanged.self, WebhooksDue.self]
      as [any CommitEvent.Type]
    {
      jobs.transactions.onCommit(of: event) { [signals] in signals.signal() }
    }
  }

  package var description: String { "webhook waker" }

  /// Runs until graceful shutdown or cancellation.
  package func run() async {
    await signals.each(atMostEvery: Self.pause) { await wake() }
  }

  private func wake() async {
    do {
      guard try await isNeeded() else { return }
      try await jobs.enqueue(WakeWebhooks(), EnqueueOptions(uniqueKey: "wake"))
    } catch {
      logger.debug(
        "Workers could not be told of webhooks; they look by themselves",
        metadata: ["error": "\(error)"])
    }
  }
}
