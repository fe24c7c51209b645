import Synchronization

/// The entries this worker knows it holds, by queue and token.
///
/// An entry can be this worker's in Redis without its knowledge: when the connection breaks after
/// the server has handed the entry out and before the reply arrives. The worker lives, so nobody
/// takes the entry over. Comparing what Redis says it holds with what it knows finds it.
final class Holdings: Sendable {
  private let tokens = Mutex<[String: Set<Int64>]>([:])

  /// Notes deliveries of one queue, and leaves out those that are known. Returns the new ones.
  func add(_ deliveries: [Delivery]) -> [Delivery] {
    tokens.withLock { tokens in
      deliveries.filter { tokens[$0.queue, default: []].insert($0.token).inserted }
    }
  }

  /// Redis knows that these are no longer held.
  func remove(_ settlements: [Settlement]) {
    tokens.withLock { tokens in
      for settlement in settlements {
        tokens[settlement.delivery.queue]?.remove(settlement.delivery.token)
      }
    }
  }

  /// The lease is lost, and with it everything.
  func clear() { tokens.withLock { $0 = [:] } }
}
