import Synchronization

/// The way a worker ends, shared by its services: a drain with a time limit, or the sudden end that tests ask for.
final class Shutdown: Sendable {
  private struct State {
    var isDraining = false
    var timeout = Duration.zero
    var isAbandoned = false
  }
  private let state = Mutex(State())
  private let signal = Signal()

  /// Whether the worker fetches no more jobs.
  var isDraining: Bool { state.withLock { $0.isDraining } }

  /// Whether the worker ends as a killed process does: nothing is handed back.
  var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

  /// The time that handlers have from the beginning of the drain.
  var timeout: Duration { state.withLock { $0.timeout } }

  /// Orders the drain. A second order can only shorten the time.
  func drain(within timeout: Duration) {
    state.withLock {
      $0.timeout = $0.isDraining ? min($0.timeout, timeout) : timeout
      $0.isDraining = true
    }
    signal.raise()
  }

  /// Orders the sudden end.
  func abandon() {
    state.withLock { $0.isAbandoned = true }
    drain(within: .zero)
  }

  /// Sleeps until the next order, at most for a time. May return early without cause.
  func wait(atMost time: Duration) async { await signal.wait(atMost: time) }

  /// Returns when the drain has been ordered or the task is cancelled.
  func ordered() async {
    while !isDraining, !Task.isCancelled { await wait(atMost: .seconds(3600)) }
  }
}
