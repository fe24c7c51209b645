import JobQueue
package import Logging
import ServiceLifecycle
import Synchronization

/// A cached value, for code that must not wait for another connection while it holds one: the cached value is returned
/// at once, and after a second this service fetches a new one meanwhile. Where the service does not run, as in a
/// command, the value is read once.
package final class CachedValue<Value: Sendable>: Service {
  /// The age after which a value is read again.
  package static var freshness: Duration { .seconds(1) }

  private struct State {
    var value: Value
    var readAt: ContinuousClock.Instant

    var isStale: Bool { readAt + CachedValue.freshness < .now }
  }
  private let state = Mutex<State?>(nil)
  private let stale = WakeSignals()
  private let name: String
  private let logger: Logger
  private let read: @Sendable () async throws -> Value

  /// - Parameters:
  ///   - name: Its name in the log.
  ///   - logger: Receives a line when reading begins to fail.
  ///   - read: Reads the value.
  package init(
    _ name: String, logger: Logger, _ read: @escaping @Sendable () async throws -> Value
  ) {
    self.name = name
    self.logger = logger
    self.read = read
  }

  /// The value read last; waits only before the first read.
  package func current() async throws -> Value {
    guard let known = state.withLock({ $0 }) else { return try await refresh() }
    if known.isStale { stale.signal() }
    return known.value
  }

  @discardableResult
  package func refresh() async throws -> Value {
    let began = ContinuousClock.now
    let value = try await read()
    state.withLock { $0 = State(value: value, readAt: began) }
    return value
  }

  /// Reads the value again once a reader has found it stale, until graceful shutdown or cancellation.
  package func run() async {
    let isFailing = Mutex(false)
    await stale.each(atMostEvery: .milliseconds(100)) {
      guard state.withLock({ $0?.isStale ?? true }) else { return }
      do {
        try await refresh()
        isFailing.withLock { $0 = false }
      } catch {
        // The previous value stays; the next reader triggers another attempt.
        let began = isFailing.withLock { was in
          defer { was = true }
          return !was
        }
        guard began, !Task.isCancelled else { return }
        logger.warning(
          "The \(name) could not be read again; what was read before holds on",
          metadata: ["error": "\(error)"])
      }
    }
  }
}
