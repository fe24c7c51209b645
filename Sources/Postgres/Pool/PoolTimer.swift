import Synchronization

/// Calls back at the earliest of the times it was armed with. It sleeps as long as it can: an unused pool costs nothing.
final class PoolTimer: Sendable {
  private struct State: Sendable {
    var task: Task<Void, Never>?
    var at: UInt64 = .max
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> UInt64
  private let sleep: @Sendable (Duration) async throws -> Void

  /// A timer by the monotonic clock; tests give their own.
  init(
    now: @escaping @Sendable () -> UInt64 = { ConnectionLoop.now() },
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.now = now
    self.sleep = sleep
  }

  /// Calls `action` at an instant of the monotonic clock, unless armed for an earlier one already:
  /// then that call may arm again.
  func arm(at deadline: UInt64, _ action: @escaping @Sendable () -> Void) {
    state.withLock { state in
      guard deadline < state.at else { return }
      state.task?.cancel()
      state.at = deadline
      state.task = Task { [weak self, now, sleep] in
        let now = now()
        do {
          let pause = deadline > now ? deadline - now : 0
          try await sleep(.nanoseconds(Int64(clamping: pause)))
        } catch {
          return
        }
        guard let self, self.fire(deadline) else { return }
        action()
      }
    }
  }

  private func fire(_ deadline: UInt64) -> Bool {
    state.withLock { state in
      guard state.at == deadline else { return false }
      state.at = .max
      state.task = nil
      return true
    }
  }

  func cancel() {
    state.withLock { state in
      state.task?.cancel()
      state.task = nil
      state.at = .max
    }
  }
}
