import Testing

@testable import API

/// A public client of Mautic's REST API as its requests look on the wire: what stands before every path, the headers of
/// every request, and the statuses that it takes for success.
struct ReplayedClient {
  let server: TestServer
  /// Stands before every path.
  var base = "/api"
  var headers: [String]
  var accepted = 200...299
  /// Whether a body of no members comes along where there is none.
  var alwaysSendsObject = false
  /// Whether an answer with `errors` counts as a failure, whatever its status.
  var refusesErrors = true

  static let json = "Content-Type: application/json"

  private static let password = "Authorization: " + TestServer.basic("admin", "secret")

  /// The library for PHP: only 200 and 201 are success.
  static func php(_ bed: APIBed, login: String = password) -> ReplayedClient {
    ReplayedClient(
      server: bed.server, base: "/index.php/api", headers: [login, "Accept: application/json"],
      accepted: 200...201)
  }

  /// The nodes of n8n: every request has a body in JSON, reading and deleting too.
  static func n8n(_ bed: APIBed, login: String = password) -> ReplayedClient {
    ReplayedClient(
      server: bed.server, headers: [login, "Accept: application/json", "User-Agent: n8n"],
      alwaysSendsObject: true)
  }

  /// The piece of activepieces: every request says that it has JSON.
  static func activepieces(_ bed: APIBed) -> ReplayedClient {
    ReplayedClient(server: bed.server, headers: [password, json])
  }

  /// The package for Python: bodies are forms.
  static func python(_ bed: APIBed, login: String = password) -> ReplayedClient {
    ReplayedClient(
      server: bed.server,
      headers: [
        login, "User-Agent: python-requests/2.32.3", "Accept: */*", "Connection: keep-alive",
      ])
  }

  /// Sends JSON, or nothing; returns the decoded answer, which must be one that the client takes.
  @discardableResult
  func call(_ method: String, _ path: String, _ body: String? = nil) async throws -> JSONValue {
    let body = body ?? (alwaysSendsObject ? "{}" : nil)
    return try await send(
      method, path, body == nil || headers.contains(Self.json) ? [] : [Self.json],
      Array((body ?? "").utf8))
  }

  /// Sends a form; returns the decoded answer, which must be one that the client takes.
  @discardableResult
  func form(_ method: String, _ path: String, _ fields: [(String, String)]) async throws
    -> JSONValue
  {
    try await send(method, path, [formHeader], APITests.form(fields))
  }

  private func send(_ method: String, _ path: String, _ more: [String], _ body: [UInt8])
    async throws -> JSONValue
  {
    let answer = try await server.request(
      method, base + path, as: nil, headers: headers + more, body: body)
    #expect(accepted.contains(answer.status), "\(method) \(path): \(answer.text.prefix(1000))")
    #expect(answer.headers["content-type"] == "application/json", "\(method) \(path)")
    if refusesErrors { #expect(answer.json["errors"] == nil, "\(method) \(path)") }
    return answer.json
  }
}
