import Synchronization

/// One of a worker's places where a handler runs.
///
/// Its jobs run one after the other in one task, because a task for each job would cost more than
/// a small job does. Cancelling a job cancels that task; the slot goes on in a new one.
final class Slot: Sendable {
  struct State {
    var jobs: [Delivery] = []
    var since: ContinuousClock.Instant?
    var task: Task<Void, Never>?
    var isCancelled = false
    /// Set when nothing shall begin here any more.
    var stop: JobCancellation?
  }
  let state = Mutex(State())

  /// Notes what runs now. Returns the reason when nothing may begin any more.
  func begin(_ jobs: [Delivery]) -> JobCancellation? {
    let now = ContinuousClock.now
    return state.withLock { state in
      if let stop = state.stop { return stop }
      state.jobs = jobs
      state.since = now
      return nil
    }
  }

  /// Tells what runs here to stop, and lets nothing begin any more. A job that was taken and has
  /// not begun is told when it tries to.
  func stop(_ reason: JobCancellation) {
    state.withLock { $0.stop = reason }
    cancel(reason)
  }

  /// Notes that nothing runs. Returns whether the task was cancelled and must be replaced.
  func end() -> Bool {
    state.withLock {
      $0.jobs = []
      $0.since = nil
      return $0.isCancelled
    }
  }

  /// Tells what runs here to stop, if `condition` holds for it.
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

  /// Runs `loop` in tasks of its own, one after the other, until it returns without having been
  /// cancelled for a job's sake.
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
