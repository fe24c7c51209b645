import Foundation
import Logging
import Synchronization
import Testing

@testable import API

/// A real server on a free port with routes of the test's own.
struct TestServer: Sendable {
  let port: Int
  /// Compares every answer with what its route says of it; nil for routes of a test's own.
  var contract: ContractCheck?

  static let admin = Principal(
    id: 1, username: "admin", firstName: "Ada", lastName: "Admin", email: "ada@example.com",
    rights: .administrator)
  static let user = Principal(
    id: 2, username: "kim")

  /// Runs a server while the body runs. Users: `admin` and `kim`, each with the password `secret`.
  static func with(
    _ routes: [Route], configuration: APIConfiguration = APIConfiguration(),
    idempotency: Idempotency? = nil, limits: RateLimits = RateLimits(),
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    var configuration = configuration
    configuration.port = 0
    let (ports, port) = AsyncStream<Int>.makeStream()
    var logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    logger.logLevel = .critical
    let server = APIServer(
      configuration: configuration, routes: routes,
      access: AccessControl(
        requestsPerMinute: configuration.requestsPerMinute,
        tokenRequestsPerMinute: configuration.tokenRequestsPerMinute,
        failedLogins: configuration.failedLogins, limits: limits
      ) { name, password, attempt in
        try await attempt.begin()
        guard password == "secret" else { return nil }
        return [admin, user].first { $0.username == name }
      },
      idempotency: idempotency, logger: logger, onListening: { port.yield($0) })
    try await running(server, on: ports, body)
  }

  /// Runs a server that tells its port, and ends it after the body.
  static func running(
    _ server: APIServer, on ports: AsyncStream<Int>,
    _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await server.run() }
      group.addTask {
        for await port in ports {
          let server = TestServer(port: port)
          try await body(server)
          // Connections are taken in order: once this one is answered, none waits that the server
          // would have to drop when it is cancelled, which the library under it takes for an error.
          _ = try await server.request("GET", "/api/nothing", as: nil)
          return
        }
      }
      try await group.next()
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  func connect() throws -> RawConnection { try RawConnection(port: port) }

  /// One request on a connection of its own.
  func request(
    _ method: String, _ path: String, as user: String? = "admin", headers: [String] = [],
    body: [UInt8] = []
  ) async throws -> RawResponse {
    let connection = try connect()
    try await connection.send(
      Self.head(method, path, as: user, headers: headers, length: body.count))
    try await connection.send(body)
    let response = try await connection.response(isHead: method == "HEAD")
    contract?.check(method, path, response)
    return response
  }

  /// The head of a request with content of known length.
  static func head(
    _ method: String, _ path: String, as user: String? = "admin", headers: [String] = [],
    length: Int? = nil
  ) -> String {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost"] + headers
    if let user { lines.append("Authorization: \(basic(user, "secret"))") }
    if let length { lines.append("Content-Length: \(length)") }
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }
}
