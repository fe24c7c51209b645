import Hummingbird
import Logging
import NIOCore
public import ServiceLifecycle

/// The HTTP server of the API.
public struct APIServer: Service {
  private let configuration: APIConfiguration
  private let responder: APIResponder
  private let logger: Logger
  private let onListening: @Sendable (Int) async -> Void

  init(
    configuration: APIConfiguration, routes: [Route], gate: Gate, idempotency: Idempotency?,
    logger: Logger, onListening: @escaping @Sendable (Int) async -> Void
  ) {
    self.configuration = configuration
    self.logger = logger
    self.onListening = onListening
    responder = APIResponder(
      configuration: configuration, routes: RouteTable(routes), gate: gate,
      idempotency: idempotency)
  }

  /// Serves until a graceful shutdown, which lets the requests under way end.
  public func run() async throws {
    try await application.run()
  }

  private var application: Application<APIResponder> {
    Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionGuard()],
          idleTimeout: .seconds(Int64(configuration.idleTimeoutSeconds)),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 32 * 1024, maxHeaderListSize: 64 * 1024,
            maxHeaderFieldCount: 200))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: "Martlet",
        availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
      onServerRunning: { [onListening] channel in
        await onListening(channel.localAddress?.port ?? 0)
      },
      logger: logger)
  }
}
