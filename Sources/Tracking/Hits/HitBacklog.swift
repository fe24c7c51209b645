import Postgres

/// Lets reads see the hits that were answered before them (tracking.md 18): waits until they are recorded.
package struct HitBacklog: Sendable {
  let pool: PostgresPool
  let stream: HitStream
  /// The longest that a read waits; then it shows what is recorded.
  static let patience = Duration.seconds(2)
  private static let firstPause = Duration.milliseconds(5)
  private static let longestPause = Duration.milliseconds(50)

  /// Whether no hit waits to be recorded.
  ///
  /// - Throws: `PostgresError`; `RedisError`.
  package func isEmpty() async throws -> Bool {
    guard try await HitIntakeStore.last(in: pool) == nil else { return false }
    return try await stream.last().isEmpty
  }

  /// Waits for the hits that have arrived so far. Those of one contact may wait in any part, since contacts are merged.
  package func settle() async {
    let end = ContinuousClock.now + Self.patience
    var pause = Self.firstPause
    /// Waits before the next question; false once the time is over.
    func mayAskAgain() async throws -> Bool {
      guard ContinuousClock.now < end else { return false }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, Self.longestPause)
      return true
    }
    do {
      if let last = try await HitIntakeStore.last(in: pool) {
        while try await HitIntakeStore.isWaiting(upTo: last, in: pool) {
          guard try await mayAskAgain() else { return }
        }
      }
      for (part, last) in try await stream.last() {
        while let oldest = try await stream.oldest(of: part), oldest <= last {
          guard try await mayAskAgain() else { return }
        }
      }
    } catch {
      // Without a server nothing is known of what waits in it, and a read shows what is recorded.
    }
  }
}
