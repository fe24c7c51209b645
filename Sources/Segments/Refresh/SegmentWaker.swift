import Contacts
package import JobQueue
package import Logging
import Postgres
import ServiceLifecycle

/// Enqueues a segment refresh when contacts were marked in this process: at once for the first mark, then
/// at most every ``pause``, including after the last one (SEG-77).
///
/// It runs in every process that changes contacts. The periodic check for marks finds those it misses (if
/// a process dies between commit and enqueuing).
package struct SegmentWaker: Service, CustomStringConvertible {
  /// The minimum time between two refreshes that one process enqueues.
  package static let pause = Duration.milliseconds(25)

  private let jobs: JobClient
  private let logger: Logger
  private let signals = WakeSignals()

  /// Creates a waker, which records marks from here on.
  package init(jobs: JobClient, logger: Logger) {
    self.jobs = jobs
    self.logger = logger
    jobs.transactions.onCommit(of: ContactsChanged.self) { [signals] in signals.signal() }
  }

  /// The name in logs.
  package var description: String { "segment waker" }

  /// Runs until graceful shutdown or cancellation. Other processes find marks that remain.
  package func run() async {
    await signals.each(atMostEvery: Self.pause) { await wake() }
  }

  private func wake() async {
    do {
      try await jobs.enqueue(RefreshSegments())
    } catch {
      logger.warning(
        "A refresh of segments could not be enqueued; the periodic look will find the marks",
        metadata: ["error": "\(error)"])
    }
  }
}
