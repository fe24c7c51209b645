import Foundation
import Logging
import Runtime
import Synchronization

/// Ends a process whose shutdown does not end: code that computes without a pause heeds no cancellation.
final class ExitGuard: Sendable {
  private let isDone = Atomic<Bool>(false)

  /// Ends the process after a time unless it is done by then. On a thread of its own: all others may be busy.
  func arm(after time: Duration, logger: Logger) {
    let seconds = time / .seconds(1)
    Thread.detachNewThread { [self] in
      Thread.sleep(forTimeInterval: seconds)
      guard !isDone.load(ordering: .acquiring) else { return }
      logger.critical("the shutdown did not end by itself")
      _exit(ExitStatus.failed.rawValue)
    }
  }

  /// Leaves the process alone from now on.
  func done() { isDone.store(true, ordering: .releasing) }
}
