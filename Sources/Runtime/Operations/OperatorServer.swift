import Foundation
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The operator's port: `/metrics`, `/healthz` and `/readyz` over HTTP.
package final class OperatorServer: Service, Sendable {
  private let host: String
  private let port: Int
  private let metrics: MetricsRegistry
  private let readiness: Readiness
  private let logger: Logger
  private let bound = Mutex<Int?>(nil)

  /// - Parameters:
  ///   - host: The address to listen on.
  ///   - port: The port; 0 picks a free one, which the log names.
  ///   - metrics: The metrics of `/metrics`.
  ///   - readiness: The requirements of `/readyz`.
  ///   - logger: Receives a line with the port.
  package init(
    host: String, port: Int, metrics: MetricsRegistry, readiness: Readiness, logger: Logger
  ) {
    self.host = host
    self.port = port
    self.metrics = metrics
    self.readiness = readiness
    self.logger = logger
  }

  /// The port that it listens on; nil until it does.
  package var listeningPort: Int? { bound.withLock { $0 } }

  /// Listens until graceful shutdown.
  package func run() async throws {
    let (metrics, readiness) = (metrics, readiness)
    let router = Router()
    router.get("/healthz") { _, _ in Self.answer(.ok, "ok\n", type: "text/plain; charset=utf-8") }
    router.get("/metrics") { _, _ in
      Self.answer(.ok, await metrics.text(), type: PrometheusText.contentType)
    }
    router.get("/readyz") { _, _ in
      let missing = await readiness.missing()
      let body = try Report(missing).json()
      return Self.answer(
        missing.isEmpty ? .ok : .serviceUnavailable, body, type: "application/json")
    }
    // Requests are not logged: probes and scrapes would be most of the log. Nor is a connection that
    // a shutdown cuts off; what ends the server is thrown.
    var quiet = logger
    quiet.logLevel = .critical
    let application = Application(
      router: router,
      configuration: .init(address: .hostname(host, port: port), serverName: "martlet"),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? self.port
        self.bound.withLock { $0 = port }
        self.logger.info(
          "operator's port is open",
          metadata: ["host": .string(self.host), "port": .stringConvertible(port)])
      },
      logger: quiet)
    try await application.run()
  }

  private static func answer(
    _ status: HTTPResponse.Status, _ body: String, type: String
  ) -> Response {
    Response(
      status: status, headers: [.contentType: type, .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: body)))
  }

  /// `{"ready":false,"missing":[{"name":"redis","problem":"…"}]}`.
  private struct Report: Encodable {
    let ready: Bool
    let missing: [Readiness.Missing]

    init(_ missing: [Readiness.Missing]) {
      ready = missing.isEmpty
      self.missing = missing
    }

    func json() throws -> String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
  }
}
