import Logging
import Primitives
import Synchronization

/// The servers that are out of reach. Logs once when an outage begins and once when it ends.
final class BackendHealth: Sendable {
  private struct Outage {
    var since: ContinuousClock.Instant
    var failures = 0
  }
  private let outages = Mutex<[BackendUnavailable: Outage]>([:])
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  func isAway(_ server: BackendUnavailable) -> Bool { outages.withLock { $0[server] != nil } }

  /// Notes a failure.
  ///
  /// - Returns: the pause for a job that met it, 0.5 s doubling up to 30 s.
  @discardableResult
  func away(
    _ server: BackendUnavailable, _ error: any Error, now: ContinuousClock.Instant = .now
  ) -> Duration {
    let failures = outages.withLock { outages in
      outages[server, default: Outage(since: now)].failures += 1
      return outages[server]?.failures ?? 1
    }
    if failures == 1 {
      logger.warning(
        "\(server) is out of reach: waiting for it", metadata: ["error": "\(error)"])
    }
    return .milliseconds(RetryPause.milliseconds(after: failures, first: 250, atMost: 30_000))
  }

  /// Notes a success.
  func back(_ server: BackendUnavailable, now: ContinuousClock.Instant = .now) {
    guard let outage = outages.withLock({ $0.removeValue(forKey: server) }) else { return }
    logger.notice("\(server) is back", metadata: ["after": "\((now - outage.since).seconds) s"])
  }

  /// The pause before a service repeats what failed: 100 ms after the first failure, doubling up to 2 s.
  static func pause(afterFailures failures: Int) -> Duration {
    .milliseconds(RetryPause.milliseconds(after: failures))
  }
}

extension BackendUnavailable: CustomStringConvertible {
  var description: String {
    switch self {
    case .redis: "Redis"
    case .postgres: "PostgreSQL"
    }
  }
}
