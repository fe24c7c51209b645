import Synchronization

/// The entries this worker knows it holds, by queue and token.
///
/// Redis can list an entry for this worker that it does not know: when the connection breaks after the server has
/// handed the entry out and before the reply arrives. The worker is alive, so no other takes the entry over. A recovery
/// compares the entries that Redis lists for the worker with the known ones.
///
/// The list from Redis is old when it is compared: a job on it may have ended since. So jobs that end during a recovery
/// stay known until the recovery is over.
final class InFlightJobs: Sendable {
  private struct State {
    var tokens: [String: Set<Int64>] = [:]
    /// The jobs that ended during the recovery.
    var ended: [(queue: String, token: Int64)] = []
    var isRecovering = false
  }
  private let state = Mutex(State())

  /// Notes deliveries. Returns those that were not known.
  func add(_ deliveries: [Delivery]) -> [Delivery] {
    state.withLock { state in
      deliveries.filter { state.tokens[$0.queue, default: []].insert($0.token).inserted }
    }
  }

  /// Forgets jobs that Redis knows this worker no longer holds.
  func remove(_ settlements: [Settlement]) {
    state.withLock { state in
      for delivery in settlements.map(\.delivery) {
        if state.isRecovering {
          state.ended.append((delivery.queue, delivery.token))
        } else {
          state.tokens[delivery.queue]?.remove(delivery.token)
        }
      }
    }
  }

  /// Begins a recovery: Redis is about to be asked for this worker's entries.
  func beginRecovery() { state.withLock { $0.isRecovering = true } }

  /// Ends the recovery: all entries that Redis listed have been added.
  func endRecovery() {
    state.withLock { state in
      state.isRecovering = false
      for (queue, token) in state.ended { state.tokens[queue]?.remove(token) }
      state.ended = []
    }
  }

  /// Forgets everything, after the lease was lost.
  func clear() {
    state.withLock {
      $0.tokens = [:]
      $0.ended = []
    }
  }
}
