import Synchronization

/// A queue for one consumer that takes all elements at once: while it works on some, the next gather, so batches grow
/// with the load and nothing waits for a timer.
final class BatchQueue<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var waiter: UnsafeContinuation<Void, Never>?
    var isClosed = false
  }
  private let state = Mutex(State())

  func put(_ element: Element) {
    state.withLock { state in
      state.elements.append(element)
      defer { state.waiter = nil }
      return state.waiter
    }?.resume()
  }

  func put(_ elements: [Element]) {
    guard !elements.isEmpty else { return }
    state.withLock { state in
      state.elements.append(contentsOf: elements)
      defer { state.waiter = nil }
      return state.waiter
    }?.resume()
  }

  /// Waits for elements; nil when the queue is closed and empty.
  func takeAll() async -> [Element]? {
    await withUnsafeContinuation { continuation in
      let mustWait = state.withLock { state in
        if state.elements.isEmpty, !state.isClosed {
          state.waiter = continuation
          return true
        }
        return false
      }
      if !mustWait { continuation.resume() }
    }
    return state.withLock { state in
      if state.elements.isEmpty { return nil }
      defer { state.elements = [] }
      return state.elements
    }
  }

  /// Lets the consumer end once it has taken the remaining elements.
  func close() {
    state.withLock { state in
      state.isClosed = true
      defer { state.waiter = nil }
      return state.waiter
    }?.resume()
  }
}
