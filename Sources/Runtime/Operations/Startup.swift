package import Logging
import ServiceLifecycle

/// A server that the process needs stayed unreachable.
package struct StartupTimeout: Error, CustomStringConvertible {
  /// The time the start waited.
  package let waited: Duration
  /// The requirements still missing.
  package let missing: [Readiness.Missing]

  /// The missing requirements and their reasons, in a line.
  package var description: String {
    let parts = missing.map { "\($0.name): \($0.problem)" }.joined(separator: "; ")
    return "not ready after \(PrometheusText.number(waited.seconds)) s: \(parts)"
  }
}

/// Waits for what a process needs, and logs it.
package enum Startup {
  /// Returns as soon as nothing is missing; then the phase is `running`.
  /// - Parameters:
  ///   - readiness: The requirements; the operator's port answers from them meanwhile.
  ///   - timeout: The longest to wait.
  ///   - logger: Told what is missing at once, when it changes, and every ten seconds.
  /// - Throws: `StartupTimeout`; `CancellationError` when the process is told to stop meanwhile.
  package static func wait(
    for readiness: Readiness, timeout: Duration, logger: Logger
  ) async throws {
    try await cancelWhenGracefulShutdown {
      let start = ContinuousClock.now
      var told: (names: [String], at: ContinuousClock.Instant)?
      while true {
        let missing = await readiness.missing().filter { $0.name != "phase" }
        try Task.checkCancellation()
        let now = ContinuousClock.now
        if missing.isEmpty {
          if told != nil { logger.info("everything needed is in reach") }
          readiness.phase = .running
          return
        }
        if now - start >= timeout { throw StartupTimeout(waited: timeout, missing: missing) }
        let names = missing.map(\.name)
        if told?.names != names || told.map({ now - $0.at >= .seconds(10) }) ?? true {
          told = (names, now)
          for item in missing {
            logger.warning(
              "waiting for \(item.name)", metadata: ["problem": .string(item.problem)])
          }
        }
        try await Task.sleep(for: .milliseconds(250))
      }
    }
  }
}

/// Watches what a running process needs, and logs when it is lost and when it is back.
package struct ReadinessWatch: Service {
  private let readiness: Readiness
  private let interval: Duration
  private let logger: Logger

  /// - Parameters:
  ///   - readiness: The requirements to check.
  ///   - interval: The time between checks; each costs a round trip to each server.
  ///   - logger: Receives a line for each change.
  package init(readiness: Readiness, interval: Duration = .seconds(5), logger: Logger) {
    self.readiness = readiness
    self.interval = interval
    self.logger = logger
  }

  /// Watches until graceful shutdown.
  package func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        var away: Set<String> = []
        while true {
          try await Task.sleep(for: interval)
          let missing = await readiness.missing().filter { $0.name != "phase" }
          try Task.checkCancellation()
          for item in missing where away.insert(item.name).inserted {
            logger.warning(
              "\(item.name) is out of reach; waiting for it",
              metadata: ["problem": .string(item.problem)])
          }
          for name in away.subtracting(missing.map(\.name)) {
            away.remove(name)
            logger.info("\(name) is back")
          }
        }
      }
    } catch is CancellationError {
      // told to stop
    }
  }
}
