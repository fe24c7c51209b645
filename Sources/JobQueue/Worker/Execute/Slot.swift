import Synchronization

/// The right to run one handler at a time.
///
/// Its jobs run one after the other in one task, because a task for each job would cost more than a small job does.
/// Cancelling a job cancels that task; the slot goes on in a new one.
final class Slot: Sendable {
  private struct State {
    var jobs: [Delivery] = []
    var since: ContinuousClock.Instant?
    var task: Task<Void, Never>?
    var isCancelled = false
    /// Set when no further job may begin.
    var stop: JobCancellation?
  }
  private let state = Mutex(State())

  /// The jobs of the handler; nil between two handlers.
  var running: SlotPool.Running? {
    state.withLock { state in
      state.since.map { SlotPool.Running(jobs: state.jobs, since: $0) }
    }
  }

  /// Notes the jobs whose handler begins. Returns the reason when no further job may begin.
  func begin(_ jobs: [Delivery], now: ContinuousClock.Instant = .now) -> JobCancellation? {
    state.withLock { state in
      if let stop = state.stop { return stop }
      state.jobs = jobs
      state.since = now
      return nil
    }
  }

  /// Tells the handler to stop, and lets no further job begin. A job that was taken and has not begun is refused by
  /// ``begin(_:now:)``.
  func stop(_ reason: JobCancellation) {
    state.withLock { $0.stop = reason }
    cancel(reason)
  }

  /// Notes that the handler has ended. Returns whether the task was cancelled and must be replaced.
  func end() -> Bool {
    state.withLock {
      $0.jobs = []
      $0.since = nil
      return $0.isCancelled
    }
  }

  /// Tells the handler to stop, if `condition` holds for any of its jobs.
  func cancel(_ reason: JobCancellation, where condition: (Delivery) -> Bool = { _ in true }) {
    state.withLock { state in
      guard state.jobs.contains(where: condition) else { return }
      for job in state.jobs where condition(job) {
        job.state.withLock { if $0.cancellation == nil { $0.cancellation = reason } }
      }
      state.isCancelled = true
      state.task?.cancel()
    }
  }

  /// Runs `loop` in tasks of its own, one after the other, until it returns without a job's cancellation.
  func run(_ loop: @escaping @Sendable () async -> Void) async {
    while true {
      let task = Task { await loop() }
      let wasCancelled = state.withLock { state in
        state.task = task
        return state.isCancelled
      }
      if wasCancelled { task.cancel() }
      await task.value
      let again = state.withLock { state in
        defer { state.isCancelled = false }
        return state.isCancelled
      }
      if !again { return }
    }
  }
}
