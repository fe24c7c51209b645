import Synchronization

/// A condition that tasks wait for, at most for a time, and others raise.
///
/// A raise ends all present waits. It is remembered as well, so that a task about to wait does not miss it: a wait may
/// therefore end once without cause, and the waiting task checks its condition again.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var lastWaiter: UInt64 = 0
  }
  private let state = Mutex(State())

  func raise() {
    let waiters = state.withLock { state in
      state.isRaised = true
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
    let id = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.isRaised || Task.isCancelled {
            state.isRaised = false
            return true
          }
          state.waiters[id] = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
    }
  }
}
