import Logging
import Primitives
import Synchronization

/// Committed jobs that Redis did not take, tried again after short pauses. The memory that they take is bounded: the
/// scheduler's repair finds those that were left out, and those of a process that ends.
final class RefusedPushes: Sendable {
  /// The maximum number of rows that are kept.
  static let most = 10_000

  private struct State {
    var rows: [JobRow] = []
    var count = 0
    var since: ContinuousClock.Instant?
    var isRunning = false
  }
  private let state = Mutex(State())

  /// The number of jobs refused, and the time since the first of them; nil when none is.
  var waiting: (count: Int, since: Duration)? {
    state.withLock { state in state.since.map { (state.count, ContinuousClock.now - $0) } }
  }

  /// Keeps rows, and begins to try again unless that has begun.
  ///
  /// - Parameter push: pushes rows. Doing so again is harmless.
  func add(_ rows: [JobRow], _ push: @escaping @Sendable ([JobRow]) async throws -> Void) {
    let starts = state.withLock { state in
      state.rows += rows.prefix(max(0, Self.most - state.rows.count))
      state.count += rows.count
      if state.since == nil { state.since = .now }
      defer { state.isRunning = true }
      return !state.isRunning
    }
    if starts { Task { await run(push) } }
  }

  private func run(_ push: @Sendable ([JobRow]) async throws -> Void) async {
    var failures = 0
    while true {
      do {
        try await Task.sleep(
          for: .milliseconds(RetryPause.milliseconds(after: failures, first: 100)))
      } catch { return }
      let rows = state.withLock { $0.rows }
      do {
        try await push(rows)
        failures = 0
        let isDone = state.withLock { state in
          state.rows.removeFirst(rows.count)
          guard state.rows.isEmpty else { return false }
          state = State()
          return true
        }
        if isDone { return }
      } catch {
        failures += 1
      }
    }
  }
}
