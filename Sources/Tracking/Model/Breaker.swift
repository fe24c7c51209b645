import Postgres
import Redis
import Synchronization

/// Keeps requests from waiting for a server that does not answer: after a failure they fail at once, and once in a pause
/// one of them tries.
final class Breaker: Sendable {
  /// The error of work that was not begun.
  struct Open: Error, CustomStringConvertible {
    let description = "the server did not answer a moment ago"
  }

  /// The time after which a request waits no longer.
  let patience: Duration
  /// The time between two trials of a server that does not answer.
  private let pause: Duration
  /// The instant from which one may try; nil while the server answers.
  private let closedUntil = Mutex<ContinuousClock.Instant?>(nil)

  init(patience: Duration, pause: Duration = .seconds(1)) {
    self.patience = patience
    self.pause = pause
  }

  /// Whether the server answers, as far as is known.
  var isClosed: Bool { closedUntil.withLock { $0 == nil } }

  /// Runs work that waits for the server.
  ///
  /// - Parameter mayWait: Whether the work also waits for locks of others: that it takes its time says nothing of the
  ///   server then.
  /// - Throws: ``Open``, ``OutOfTime``, or the work's error.
  func run<R: Sendable>(
    mayWait: Bool = false, _ work: @escaping @Sendable () async throws -> R
  ) async throws -> R {
    let mayTry = closedUntil.withLock { until in
      guard let time = until else { return true }
      guard time <= ContinuousClock.now else { return false }
      // The others wait for the outcome of this one.
      until = ContinuousClock.now + pause
      return true
    }
    guard mayTry else { throw Open() }
    do {
      let result = try await within(patience, work)
      closedUntil.withLock { $0 = nil }
      return result
    } catch {
      // Nor does the cancellation of one request say anything.
      if Task.isCancelled || mayWait && Self.isWait(error) { throw error }
      let isAway = Self.isAway(error)
      closedUntil.withLock { $0 = isAway ? ContinuousClock.now + pause : nil }
      throw error
    }
  }

  /// Whether an error says that others held what was waited for.
  private static func isWait(_ error: any Error) -> Bool {
    error is OutOfTime || (error as? PostgresError)?.sqlState == .lockNotAvailable
  }

  /// Whether an error says that the server could not be asked, not that it refused.
  static func isAway(_ error: any Error) -> Bool {
    if let error = error as? PostgresError {
      return error.isServerTrouble && !(error.code == .server && error.isRetryable)
    }
    return error is Open || error is OutOfTime || error is RedisError
  }
}
