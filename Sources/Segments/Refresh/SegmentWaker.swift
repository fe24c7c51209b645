import Contacts
package import JobQueue
package import Logging
import Postgres
import ServiceLifecycle

/// Enqueues a refresh of segments when contacts were marked in this process: at once for the first mark,
/// then at most every ``pause``, the last one included (SEG-77).
///
/// It runs in every process that changes contacts. What it misses (a process that dies between commit and
/// enqueuing) the periodic look for marks finds.
package struct SegmentWaker: Service, CustomStringConvertible {
  /// Time between two refreshes that one process asks for.
  package static let pause = Duration.milliseconds(25)

  private let jobs: JobClient
  private let logger: Logger
  private let signals = WakeSignals()

  /// A waker; from now on it remembers that there were marks.
  package init(jobs: JobClient, logger: Logger) {
    self.jobs = jobs
    self.logger = logger
    jobs.transactions.onCommit(of: ContactsChanged.self) { [signals] in signals.signal() }
  }

  /// The name in logs.
  package var description: String { "segment waker" }

  /// Works until graceful shutdown or cancellation. What is left then is found by the others.
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
