import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server of the API.
package struct APIServer: Service, CustomStringConvertible {
  /// The name in logs. Without one the library would print every route by reflection at each start.
  package var description: String { "API server" }

  private let configuration: APIConfiguration
  private let responder: APIResponder
  private let services: [any Service]
  private let connections: OpenConnections
  private let logger: Logger
  private let onListening: @Sendable (Int) async -> Void

  /// Creates a server; it listens once it runs.
  ///
  /// - Parameters:
  ///   - configuration: The address to listen on, and limits.
  ///   - services: The services that its resources call.
  ///   - pages: Makes the pages that users see beside the API, from what calls its routes and from the sessions of browsers.
  ///   - logger: Receives a line for each request.
  ///   - onListening: Called with the port once connections are accepted.
  package init(
    configuration: APIConfiguration, services: APIServices,
    pages: (@Sendable (RouteCaller, BrowserSessions) -> BrowserPages)? = nil, logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void = { _ in }
  ) {
    let store = PostgresIdempotencyStore(
      pool: services.jobs.postgres, clock: services.jobs.clock,
      retention: Double(configuration.idempotencyHours) * 3600)
    let access = AccessControl(services: services, configuration: configuration)
    let sessions = BrowserSessions(services: services, configuration: configuration)
    let routes = APIRoutes(
      services: services, configuration: configuration, access: access,
      home: pages == nil ? ReturnPath.account : BrowserPages.home
    ).all
    let pages = pages?(RouteCaller(table: RouteTable(routes)), sessions) ?? .none
    self.init(
      configuration: configuration, routes: routes + pages.routes, access: access,
      browsers: BrowserAccess(sessions: sessions, site: services.mail.siteURL, pages: pages),
      idempotency: Idempotency(store: store),
      services: [IdempotencyPruning(store: store, logger: logger)], logger: logger,
      onListening: onListening)
  }

  init(
    configuration: APIConfiguration, routes: [Route], access: AccessControl,
    browsers: BrowserAccess? = nil, idempotency: Idempotency?,
    services: [any Service] = [], logger: Logger,
    onListening: @escaping @Sendable (Int) async -> Void
  ) {
    self.configuration = configuration
    self.services = services
    self.logger = logger
    self.onListening = onListening
    connections = OpenConnections(limit: configuration.maximumConnectionsPerAddress)
    responder = APIResponder(
      configuration: configuration, routes: RouteTable(routes), access: access,
      browsers: browsers, idempotency: idempotency, connections: connections, logger: logger)
  }

  /// Serves until a graceful shutdown, which lets running requests finish within the time to drain.
  package func run() async throws {
    if let proxies = await configuration.trustedProxies() { connections.proxies = proxies }
    let (application, connections, time) = (application, connections, configuration.drainTimeout)
    try await withGracefulShutdownHandler {
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        group.addTask { await connections.watch() }
        defer { group.cancelAll() }
        // The watch goes on for as long as the server does.
        try await group.next()
      }
    } onGracefulShutdown: {
      connections.drain(within: time)
    }
  }

  /// The library's own log lines add nothing to ours.
  private var quiet: Logger {
    var quiet = logger
    quiet.logLevel = max(quiet.logLevel, .warning)
    return quiet
  }

  private var application: Application<APIResponder> {
    Application(
      responder: responder,
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [ConnectionGuard(connections: connections)],
          idleTimeout: .seconds(Int64(configuration.idleTimeoutSeconds)),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 32 * 1024, maxHeaderListSize: 64 * 1024,
            maxHeaderFieldCount: 200))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: "Martlet",
        availableConnectionsDelegate: .maximum(configuration.maximumConnections, logger: logger)),
      services: services,
      onServerRunning: { [onListening] channel in
        await onListening(channel.localAddress?.port ?? 0)
      },
      logger: quiet)
  }
}
