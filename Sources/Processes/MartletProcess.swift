import Foundation
import Logging
import Metrics
package import Runtime
import ServiceLifecycle
import UnixSignals

/// One of Martlet's processes, from its start to its exit status.
package enum MartletProcess {
  /// Reads the configuration, connects, works until SIGTERM or SIGINT, drains, and exits.
  package static func main(_ role: ProcessConfiguration.Role) async -> Never {
    exit(await run(role).rawValue)
  }

  /// As `main`, without the exit.
  /// - Parameter role: The kind of process.
  /// - Returns: The status to exit with.
  package static func run(_ role: ProcessConfiguration.Role) async -> ExitStatus {
    Memory.limitArenas()
    // A reader of the log that goes away must not take the process with it.
    signal(SIGPIPE, SIG_IGN)
    do {
      let configuration = try ProcessConfiguration.load(role)
      Logs.bootstrap(configuration)
      let metrics = MetricsRegistry()
      MetricsSystem.bootstrap(metrics)
      return try await run(configuration, metrics)
    } catch {
      return refuse(error)
    }
  }

  private static func refuse(_ error: ConfigurationError) -> ExitStatus {
    FileHandle.standardError.write(Data((error.description + "\n").utf8))
    return .configuration
  }

  private static func run(
    _ configuration: ProcessConfiguration, _ metrics: MetricsRegistry
  ) async throws(ConfigurationError) -> ExitStatus {
    let logger = Logger(label: configuration.role.rawValue)
    for warning in configuration.warnings { logger.warning("\(warning)") }
    let backends = try Backends(configuration, logger: logger)
    let readiness = Readiness()
    backends.require(in: readiness)
    metrics.collect { ProcessMetrics.families() }
    let clocks = ClockWatch(backends)
    clocks.require(in: readiness)
    metrics.collect { clocks.families() }
    let composition = Composition(
      backends: backends, readiness: readiness, metrics: metrics, logger: logger)
    logger.info("starting", metadata: composition.introduction)

    let operatorServer = OperatorServer(
      host: configuration.adminHost, port: configuration.adminPort, metrics: metrics,
      readiness: readiness, logger: logger)
    var services = ServiceGroupConfiguration(
      services: [
        .init(service: operatorServer), .init(service: composition),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet(logger))
    // A drain that hangs is cut off; what it held is taken over by others.
    services.maximumGracefulShutdownDuration = composition.shutdownTime
    let status: ExitStatus
    do {
      try await ServiceGroup(configuration: services).run()
      logger.info("stopped")
      status = .done
    } catch let timeout as StartupTimeout {
      logger.critical("\(timeout)")
      status = .unavailable
    } catch {
      logger.critical("stopped by an error", metadata: ["error": "\(error)"])
      status = .failed
    }
    await backends.close()
    composition.exitGuard.done()
    return status
  }

  /// The life cycle's own log lines add nothing to ours.
  private static func quiet(_ logger: Logger) -> Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }
}
