/// Cancels handlers that exceed their jobs' timeouts.
final class TimeoutWatchdog: Sendable {
  private let slots: SlotPool
  private let began = Signal()

  init(slots: SlotPool) { self.slots = slots }

  /// Notes that a job with a timeout has begun.
  func jobBegan() { began.raise() }

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await began.wait(atMost: slots.cancelOverdue() ?? .seconds(60))
    }
  }
}
