import Synchronization

/// The paused queues of a worker, as heartbeats and the control stream report them.
final class PausedQueues: Sendable {
  private struct State {
    var names: Set<String> = []
    /// The number of reports from the control stream.
    var changes = 0
  }
  private let state = Mutex(State())

  var names: Set<String> { state.withLock { $0.names } }

  /// The number of reports so far; read before asking Redis, for ``replace(with:unlessChangedSince:)``.
  var changes: Int { state.withLock { $0.changes } }

  /// Adopts Redis's answer, unless the control stream has reported something newer since.
  func replace(with names: Set<String>, unlessChangedSince changes: Int) {
    state.withLock { if $0.changes == changes { $0.names = names } }
  }

  func insert(_ name: String) {
    state.withLock {
      $0.names.insert(name)
      $0.changes += 1
    }
  }

  func remove(_ name: String) {
    state.withLock {
      $0.names.remove(name)
      $0.changes += 1
    }
  }
}
