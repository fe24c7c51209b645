import Synchronization

/// Lets a bounded number of refreshes run in this process. One that finds it full need not wait: those that
/// run look once more before they end.
final class RefreshGate: Sendable {
  private struct Admissions {
    var running = 0
    /// Grows with each refresh that was turned away.
    var turnedAway = 0
  }
  private let state = Mutex(Admissions())
  private let limit: Int

  init(limit: Int) { self.limit = max(1, limit) }

  /// Runs a body again and again until it returns false and nobody was turned away meanwhile.
  func run(_ body: () async throws -> Bool) async throws {
    let isAdmitted = state.withLock { state in
      guard state.running < limit else {
        state.turnedAway += 1
        return false
      }
      state.running += 1
      return true
    }
    guard isAdmitted else { return }
    var seen = state.withLock { $0.turnedAway }
    do {
      while true {
        while try await body() {}
        // Leaving and looking who came are one step: nobody can be turned away in between.
        let mayLeave = state.withLock { state in
          guard state.turnedAway == seen else {
            seen = state.turnedAway
            return false
          }
          state.running -= 1
          return true
        }
        if mayLeave { return }
      }
    } catch {
      state.withLock { $0.running -= 1 }
      throw error
    }
  }
}
