import Synchronization

/// The entries this worker knows it holds, by queue and token.
///
/// An entry can be this worker's in Redis without its knowledge: when the connection breaks after
/// the server has handed the entry out and before the reply arrives. The worker lives, so nobody
/// takes the entry over. Comparing what Redis says it holds with what it knows finds it.
///
/// What Redis says is old when it is compared: a job on the list may have ended since. So what goes
/// while such a look is under way stays known until the look is over.
final class InFlightJobs: Sendable {
  private struct State {
    var tokens: [String: Set<Int64>] = [:]
    /// What went during the look.
    var gone: [(queue: String, token: Int64)] = []
    var isLooking = false
  }
  private let state = Mutex(State())

  /// Notes deliveries of one queue, and leaves out those that are known. Returns the new ones.
  func add(_ deliveries: [Delivery]) -> [Delivery] {
    state.withLock { state in
      deliveries.filter { state.tokens[$0.queue, default: []].insert($0.token).inserted }
    }
  }

  /// Redis knows that these are no longer held.
  func remove(_ settlements: [Settlement]) {
    state.withLock { state in
      for delivery in settlements.map(\.delivery) {
        if state.isLooking {
          state.gone.append((delivery.queue, delivery.token))
        } else {
          state.tokens[delivery.queue]?.remove(delivery.token)
        }
      }
    }
  }

  /// Redis is about to be asked what this worker holds.
  func beginLook() { state.withLock { $0.isLooking = true } }

  /// All that Redis answered has been added.
  func endLook() {
    state.withLock { state in
      state.isLooking = false
      for (queue, token) in state.gone { state.tokens[queue]?.remove(token) }
      state.gone = []
    }
  }

  /// The lease is lost, and with it everything.
  func clear() {
    state.withLock {
      $0.tokens = [:]
      $0.gone = []
    }
  }
}
