import Synchronization

/// Something tasks wait for, at most for a time, and others raise. A raise wakes all who wait; one
/// while nobody waits is remembered for the next.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var tickets = 0
    var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
  }
  private let state = Mutex(State())

  func raise() {
    let waiters = state.withLock { state in
      if state.waiters.isEmpty { state.isRaised = true }
      defer { state.waiters = [:] }
      return state.waiters
    }
    for waiter in waiters.values { waiter.resume() }
  }

  /// Returns when raised, when the time is over, or when the task is cancelled.
  func wait(atMost time: Duration) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.waitForRaise() }
      group.addTask {
        do { try await Task.sleep(for: time) } catch {}
      }
      await group.next()
      group.cancelAll()
    }
  }

  private func waitForRaise() async {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          // Cancellation is looked at under the lock: its handler comes either before, and is
          // seen here, or after, and finds the waiter.
          if state.isRaised || Task.isCancelled {
            state.isRaised = false
            return true
          }
          state.waiters[ticket] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume()
    }
  }
}
