import Synchronization

/// Lets a bounded number of refreshes run in this process. Others need not wait: the running ones
/// check for work once more before they end.
final class RefreshGate: Sendable {
  private struct Admissions {
    var running = 0
    /// A counter of refreshes that were turned away.
    var turnedAway = 0
  }
  private let state = Mutex(Admissions())
  private let limit: Int

  init(limit: Int) { self.limit = max(1, limit) }

  /// Runs a body repeatedly until it returns false and no other refresh was turned away meanwhile.
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
        // Checking and leaving are one step, so that none can be turned away in between.
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
