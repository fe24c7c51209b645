import Synchronization

/// Lets a few long reads of a process run at once, and the others in the order in which they came, so that requests of
/// other kinds find connections.
package final class ReadSlots: Sendable {
  private enum Admission { case admitted, busy, cancelled }

  private struct State {
    var free: Int
    var number: UInt64 = 0
    var waiting: [(number: UInt64, continuation: CheckedContinuation<Admission, Never>)] = []
  }

  private let state: Mutex<State>
  private let mostWaiting: Int

  /// - Parameters:
  ///   - count: The most reads at once.
  ///   - mostWaiting: The most reads that wait; further ones are refused.
  package init(count: Int = 4, mostWaiting: Int = 100) {
    state = Mutex(State(free: max(1, count)))
    self.mostWaiting = mostWaiting
  }

  /// Runs a read when its turn has come.
  ///
  /// - Throws: ``ReportError/busy``; `CancellationError`; what `body` throws.
  func run<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async throws -> R {
    switch await enter() {
    case .admitted: break
    case .busy: throw ReportError.busy
    case .cancelled: throw CancellationError()
    }
    defer { leave() }
    return try await body()
  }

  private func enter(isolation: isolated (any Actor)? = #isolation) async -> Admission {
    let number = state.withLock { state in
      state.number += 1
      return state.number
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let result: Admission? = state.withLock { state in
          if Task.isCancelled { return .cancelled }
          if state.free > 0 {
            state.free -= 1
            return .admitted
          }
          if state.waiting.count >= mostWaiting { return .busy }
          state.waiting.append((number, continuation))
          return nil
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      let waiting = state.withLock { state in
        state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
      }
      waiting?.continuation.resume(returning: .cancelled)
    }
  }

  private func leave() {
    let next = state.withLock { state in
      if state.waiting.isEmpty {
        state.free += 1
        return nil as CheckedContinuation<Admission, Never>?
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: .admitted)
  }
}
