import API
import JobQueue
import Logging
import Runtime
import ServiceLifecycle
import Users

/// The services of a process, run once everything it needs is reachable.
struct Composition: Service, CustomStringConvertible {
  let backends: Backends
  let readiness: Readiness
  let metrics: MetricsRegistry
  let logger: Logger
  let exitGuard = ExitGuard()
  /// What the API starts with.
  let apiSettings = DeferredReference<APIConfiguration>()

  /// The longest that a shutdown may take: an API process drops what is under way sooner than others finish their jobs,
  /// for nobody takes over a request.
  var shutdownTime: Duration {
    configuration.role == .api
      ? min(APIConfiguration().drainTimeout, configuration.drainTimeout) + .seconds(1)
      : configuration.drainTimeout + .seconds(10)
  }

  var configuration: ProcessConfiguration { backends.configuration }

  /// The process's role.
  var description: String { configuration.role.rawValue }

  /// The metadata of the log's first line.
  var introduction: Logger.Metadata {
    [
      "role": .string(configuration.role.rawValue), "version": .string(Version.text),
      "environment": .string(configuration.environment.rawValue),
      "postgres": .string(backends.postgres.configuration.place),
      "redis": .string(Redaction.redact(configuration.redisURL)),
    ]
  }

  func run() async throws {
    requireSettings()
    do {
      try await Startup.wait(
        for: readiness, timeout: configuration.startupTimeout, logger: logger)
    } catch is CancellationError {
      return  // told to stop while waiting
    }
    let (readiness, exitGuard, time) = (readiness, exitGuard, shutdownTime)
    try await withGracefulShutdownHandler {
      try await ServiceGroup(configuration: .init(services: try services(), logger: quiet))
        .run()
    } onGracefulShutdown: {
      readiness.phase = .draining
      logger.info("draining")
      exitGuard.arm(after: time + .seconds(1), logger: logger)
    }
  }

  /// Adds the API's settings to what the start waits for: PostgreSQL may be lost after it was found in reach.
  private func requireSettings() {
    guard configuration.role == .api || configuration.role == .dev else { return }
    let (settings, backends) = (apiSettings, backends)
    readiness.require("settings") {
      if !settings.isSet { settings.set(try await backends.apiSettings()) }
    }
  }

  /// The life cycle's own log lines add nothing to ours.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(quiet.logLevel, .warning)
    return quiet
  }
}
