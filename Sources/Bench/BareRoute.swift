import Foundation
import Hummingbird
import Logging
import NIOCore

/// A server of the bare HTTP library with one answer to everything.
enum BareRoute {
  /// Runs a body beside the server.
  ///
  /// - Parameters:
  ///   - bytes: The body of each answer.
  ///   - type: Its content type.
  ///   - body: Gets the server's port.
  static func with<R: Sendable>(
    answering bytes: [UInt8], type: String = "application/json",
    isolation: isolated (any Actor)? = #isolation, _ body: (Int) async throws -> R
  ) async throws -> R {
    try await BenchServer.with("the bare server") { listens in
      let router = Router()
      let buffer = ByteBuffer(bytes: bytes)
      let answer: @Sendable (Request, BasicRequestContext) -> Response = { _, _ in
        Response(
          status: .ok, headers: [.contentType: type], body: .init(byteBuffer: buffer))
      }
      router.get("**", use: answer)
      router.post("**", use: answer)
      var logger = Logger(label: "martlet.bench")
      logger.logLevel = .critical
      try await Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { listens($0.localAddress?.port ?? 0) }, logger: logger
      ).run()
    } _: {
      try await body($0)
    }
  }
}
