package import Logging
import ServiceLifecycle
import Synchronization

/// A cached value, for code that must not wait for another connection while it holds one: this service reads the value
/// again each second, so that the one at hand is never much older, however long nobody asked for it. Where the service
/// does not keep up, or does not run, as in a command, a value older than its term is read again before it is used.
package final class CachedValue<Value: Sendable>: Service {
  /// The age after which a value is read again.
  private let freshness: Duration
  /// The age up to which a value is used where it cannot be read again.
  private let greatestAge: Duration

  private struct State {
    var value: Value
    var readAt: ContinuousClock.Instant

    var age: Duration { ContinuousClock.now - readAt }
  }
  private let state = Mutex<State?>(nil)
  private let isFailing = Mutex(false)
  private let name: String
  private let logger: Logger
  private let read: @Sendable () async throws -> Value

  /// - Parameters:
  ///   - name: Its name in the log.
  ///   - logger: Receives a line when reading begins to fail.
  ///   - freshness: The age after which the value is read again; it is used up to the double of that.
  ///   - greatestAge: The age up to which it is used where it cannot be read again.
  ///   - read: Reads the value.
  package init(
    _ name: String, logger: Logger, freshness: Duration = .seconds(1),
    greatestAge: Duration = .seconds(60), _ read: @escaping @Sendable () async throws -> Value
  ) {
    self.freshness = freshness
    self.greatestAge = greatestAge
    self.name = name
    self.logger = logger
    self.read = read
  }

  /// The value read last; waits before the first read, and where that was too long ago.
  package func current() async throws -> Value {
    guard let known = state.withLock({ $0 }), known.age <= greatestAge else {
      return try await refresh()
    }
    if known.age <= freshness * 2 { return known.value }
    do {
      return try await refresh()
    } catch {
      note(error)
      return known.value
    }
  }

  @discardableResult
  package func refresh() async throws -> Value {
    let began = ContinuousClock.now
    let value = try await read()
    state.withLock { $0 = State(value: value, readAt: began) }
    isFailing.withLock { $0 = false }
    return value
  }

  /// Reads the value again and again, until graceful shutdown or cancellation.
  package func run() async {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          try await Task.sleep(for: self.freshness)
          do {
            try await self.refresh()
          } catch {
            if Task.isCancelled { return }
            self.note(error)
          }
        }
      }
    } catch {
      // told to stop
    }
  }

  /// Logs a failure to read, once until it succeeds.
  private func note(_ error: any Error) {
    let began = isFailing.withLock { was in
      defer { was = true }
      return !was
    }
    guard began else { return }
    logger.warning(
      "The \(name) could not be read again; what was read before holds on for a while",
      metadata: ["error": "\(error)"])
  }
}
