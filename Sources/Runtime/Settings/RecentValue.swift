import Synchronization

/// A value as last read, for those who must not wait for another connection while they hold one: the value at
/// hand is given at once, and after a second a new one is fetched meanwhile.
public final class RecentValue<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var readAt = ContinuousClock.now
    var isReading = false
  }
  private let state = Mutex(State())
  private let read: @Sendable () async throws -> Value

  /// - Parameter read: Gives the value.
  public init(_ read: @escaping @Sendable () async throws -> Value) { self.read = read }

  /// What held a moment ago; waits only where it has never been read.
  public func current() async throws -> Value {
    let (known, isStale) = state.withLock { state in
      let isStale = state.value != nil && state.readAt + .seconds(1) < .now && !state.isReading
      if isStale { state.isReading = true }
      return (state.value, isStale)
    }
    guard let known else { return try await refresh() }
    if isStale {
      Task {
        do {
          try await self.refresh()
        } catch {
          // What was read before holds on; the next who asks tries again.
          self.state.withLock { $0.isReading = false }
        }
      }
    }
    return known
  }

  /// Reads it now.
  @discardableResult
  public func refresh() async throws -> Value {
    let value = try await read()
    state.withLock { $0 = State(value: value) }
    return value
  }
}
