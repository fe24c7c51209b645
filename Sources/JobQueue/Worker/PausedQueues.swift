import Synchronization

/// The queues of which a worker begins no jobs, as heartbeats and the control stream report them.
final class PausedQueues: Sendable {
  private struct State {
    var names: Set<String> = []
    /// Counts what the control stream said.
    var changes = 0
  }
  private let state = Mutex(State())

  var names: Set<String> { state.withLock { $0.names } }

  /// To be read before Redis is asked, for ``replace(with:unlessChangedSince:)``.
  var changes: Int { state.withLock { $0.changes } }

  /// Takes what Redis answered, unless the control stream has said something newer since it was asked.
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
