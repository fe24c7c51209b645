import Logging
import Primitives
import Synchronization

/// The servers that are out of reach or cannot work. Logs when an outage begins, a reminder each minute, and when it
/// has ended.
final class BackendHealth: Sendable {
  private struct Outage {
    var failures = 0
    var error: String
  }
  private let outages = Mutex<[BackendUnavailable: Outage]>([:])
  private let log = TroubleLog()
  private let logger: Logger

  init(logger: Logger) { self.logger = logger }

  func isAway(_ server: BackendUnavailable) -> Bool { outages.withLock { $0[server] != nil } }

  /// The servers that fail, with their last errors.
  var trouble: [String] {
    outages.withLock { $0.map { "\($0.key): \($0.value.error)" }.sorted() }
  }

  /// Notes a failure.
  ///
  /// - Returns: the pause for a job that met it, 0.5 s doubling up to 30 s.
  @discardableResult
  func away(
    _ server: BackendUnavailable, _ error: any Error, now: ContinuousClock.Instant = .now
  ) -> Duration {
    let failures = outages.withLock { outages in
      var outage = outages[server] ?? Outage(error: "")
      outage.failures += 1
      outage.error = "\(error)"
      outages[server] = outage
      return outage.failures
    }
    log.failed("\(server)", now: now) { metadata in
      logger.warning(
        "\(server) is out of reach: waiting for it",
        metadata: metadata.merging(["error": "\(error)"]) { $1 })
    }
    return .milliseconds(RetryPause.milliseconds(after: failures, first: 250, atMost: 30_000))
  }

  /// Notes a success.
  func back(_ server: BackendUnavailable, now: ContinuousClock.Instant = .now) {
    outages.withLock { $0[server] = nil }
    log.works("\(server)", now: now) { logger.notice("\(server) is back", metadata: $0) }
  }

  /// The pause before a service repeats what failed: 100 ms after the first failure, doubling up to 2 s.
  static func pause(afterFailures failures: Int) -> Duration {
    .milliseconds(RetryPause.milliseconds(after: failures))
  }
}

extension BackendUnavailable: CustomStringConvertible {
  /// The name of the server.
  public var description: String {
    switch self {
    case .redis: "Redis"
    case .postgres: "PostgreSQL"
    }
  }
}
