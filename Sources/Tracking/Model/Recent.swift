import Primitives
import Synchronization

/// A value of the database that many requests need: read again after a second, by one of them for all, and kept while
/// the database is away.
final class Recent<Value: Sendable>: Sendable {
  private struct State {
    var value: Value?
    var readAt = ContinuousClock.now
  }

  private let freshness: Duration
  private let standard: Value?
  private let state = Mutex(State())
  private let reads: Coalescer<Bool, Void, Value>

  /// - Parameters:
  ///   - freshness: The age after which the value is read again.
  ///   - standard: The value as long as it could never be read; without one, an error.
  ///   - breaker: Bounds the wait for the database.
  ///   - read: Reads the value.
  init(
    freshness: Duration, standard: Value? = nil, breaker: Breaker,
    _ read: @escaping @Sendable () async throws -> Value
  ) {
    self.freshness = freshness
    self.standard = standard
    reads = Coalescer(concurrency: 1, size: 100_000) { _, callers in
      let value = try await breaker.run { try await read() }
      return callers.map { _ in value }
    }
  }

  /// Returns the value.
  ///
  /// - Throws: The error of reading it, if it was never read.
  func current() async throws -> Value {
    let known = state.withLock { $0 }
    if let value = known.value, ContinuousClock.now - known.readAt < freshness { return value }
    do {
      let value = try await reads.answer((), in: true)
      state.withLock { $0 = State(value: value, readAt: .now) }
      return value
    } catch {
      if let value = known.value ?? standard { return value }
      throw error
    }
  }
}
