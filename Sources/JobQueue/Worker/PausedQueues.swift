import Synchronization

/// The queues of which a worker begins no jobs, as heartbeats and the control stream report them.
final class PausedQueues: Sendable {
  private let state = Mutex<Set<String>>([])

  var names: Set<String> { state.withLock { $0 } }
  func replace(with names: Set<String>) { state.withLock { $0 = names } }
  func insert(_ name: String) { state.withLock { _ = $0.insert(name) } }
  func remove(_ name: String) { state.withLock { _ = $0.remove(name) } }
}
