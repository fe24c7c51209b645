import Dispatch
import Foundation
import Synchronization

/// A thread that wakes at a fixed interval, by the monotonic clock, and runs one task, and nothing else.
///
/// Swift's pool has as many threads as there are cores; handlers that compute without a pause can
/// occupy them all. A heartbeat that shared them would miss its lease.
final class Heartbeat: TaskExecutor, Sendable {
  private typealias Sleeper = UnsafeContinuation<Bool, Never>
  private struct State {
    var jobs: [UnownedJob] = []
    var sleeper: Sleeper?
    var next: ContinuousClock.Instant
    var isStopped = false
    var hasThread = false
  }
  private let state: Mutex<State>
  /// Raised for each piece of work: waiting for it ends at the next beat, whatever happens to the wall clock.
  private let work = DispatchSemaphore(value: 0)
  private let interval: Duration

  init(interval: Duration) {
    self.interval = interval
    state = Mutex(State(next: .now + interval))
  }

  /// Runs a piece of the heartbeat's task on the thread.
  ///
  /// Swift's runtime does not hold the executor: it may be gone as soon as the thread can take the job. So the thread
  /// is woken under the lock, and a new one, which looks for jobs first, needs no waking.
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let starts = state.withLock { state in
      state.jobs.append(job)
      guard state.hasThread else {
        state.hasThread = true
        return true
      }
      work.signal()
      return false
    }
    guard starts else { return }
    let thread = Thread { self.loop() }
    thread.name = "heartbeat"
    thread.stackSize = 512 << 10
    thread.start()
  }

  /// Waits for the next beat. Returns false when stopped.
  func tick() async -> Bool {
    await withUnsafeContinuation { continuation in
      let isStopped = state.withLock { state in
        if !state.isStopped { state.sleeper = continuation }
        return state.isStopped
      }
      if isStopped { continuation.resume(returning: false) }
    }
  }

  /// Lets the heartbeat's task end, and the thread after it.
  func stop() {
    state.withLock { state in
      state.isStopped = true
      defer { state.sleeper = nil }
      return state.sleeper
    }?.resume(returning: false)
    work.signal()
  }

  private func loop() {
    while true {
      let (job, sleeper, isOver) = state.withLock { state in
        if !state.jobs.isEmpty {
          return (state.jobs.removeFirst() as UnownedJob?, nil as Sleeper?, false)
        }
        guard state.next <= .now else { return (nil, nil, false) }
        // A stopped thread stays until its next beat, for the last pieces of its task.
        if state.isStopped {
          state.hasThread = false
          return (nil, nil, true)
        }
        state.next = .now + interval
        defer { state.sleeper = nil }
        return (nil, state.sleeper, false)
      }
      if isOver { return }
      if let job {
        job.runSynchronously(on: asUnownedTaskExecutor())
      } else if let sleeper {
        sleeper.resume(returning: true)
      } else {
        let left = state.withLock { $0.next } - .now
        _ = work.wait(timeout: .now() + .nanoseconds(max(0, Int(left.nanoseconds))))
      }
    }
  }
}
