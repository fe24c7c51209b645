import Synchronization

/// Something one task waits for, at most for a time, and others raise. A raise while nobody waits
/// is remembered.
final class Signal: Sendable {
  private struct State {
    var isRaised = false
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  func raise() {
    state.withLock { state in
      guard let waiter = state.waiter else {
        state.isRaised = true
        return nil as CheckedContinuation<Void, Never>?
      }
      state.waiter = nil
      return waiter
    }?.resume()
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
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if state.isRaised || Task.isCancelled {
            state.isRaised = false
            return true
          }
          state.waiter = continuation
          return false
        }
        if isOver { continuation.resume() }
      }
    } onCancel: {
      state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }?.resume()
    }
  }
}
