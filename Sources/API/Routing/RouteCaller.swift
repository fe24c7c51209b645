package import HTTPTypes
import Hummingbird

/// Runs routes of the API within the process, for the user of another request, with that user's permissions.
package struct RouteCaller: Sendable {
  /// The most bytes of an answer.
  static let mostAnswerBytes = 4 * 1024 * 1024

  /// The routes of the API.
  let table: RouteTable

  /// Runs a route.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - path: The path, as a client would ask for it.
  ///   - query: The parameters of the query.
  ///   - body: The body; nil for none.
  ///   - request: The request whose user calls; address, session and log are its own, too.
  /// - Throws: `APIError` for what the route refuses, and 413 for an answer of more than 4 MiB; `CancellationError`.
  package func call(
    _ method: HTTPRequest.Method, _ path: String, query: JSONObject = [:],
    body: JSONValue? = nil, as request: APIRequest
  ) async throws -> RouteAnswer {
    let inner = request.inner(method, path, query: query, body: body)
    guard let route = route(of: inner) else { throw APIError.unknownRoute }
    do {
      let (answer, bytes) = try await run(route.route, inner, route.parameters)
      return try RouteAnswer(answer, bytes)
    } catch let error where !ErrorMapping.isCancellation(error) {
      throw ErrorMapping.apiError(for: error, logger: request.logger)
    }
  }

  /// Runs a route with the content and the headers of another request, such as an upload, and answers without reading the
  /// answer's content, such as a file's.
  ///
  /// - Parameters:
  ///   - request: The request whose user calls and whose content is handed on; nothing may have been read of it.
  ///   - method: The method.
  ///   - path: The path, as a client would ask for it.
  ///   - query: The parameters of the query; the request's own are not handed on.
  /// - Throws: `APIError` for what the route refuses; `CancellationError`.
  package func forward(
    _ request: APIRequest, to method: HTTPRequest.Method, _ path: String, query: JSONObject = [:]
  ) async throws -> APIResponse {
    var inner = request.inner(method, path, query: query, body: nil)
    inner.headers = request.headers
    // Who asks is known; a page's request does not decide by them what it is answered with.
    for name in [.authorization, .cookie, .accept, .idempotencyKey] as [HTTPField.Name] {
      inner.headers[name] = nil
    }
    inner.body = request.body
    guard let route = route(of: inner) else { throw APIError.unknownRoute }
    do {
      let call = try prepared(route.route, inner, route.parameters)
      return try await call.namingUnstorable { try await route.route.handler(call) }
    } catch let error where !ErrorMapping.isCancellation(error) {
      throw ErrorMapping.apiError(for: error, logger: request.logger)
    }
  }

  /// The route of a request, with the values of the path.
  func route(of request: APIRequest) -> (route: Route, parameters: [String: String])? {
    guard case .route(let route, let parameters) = table.match(request.method, path: request.path),
      !route.isForBrowsers
    else { return nil }
    return (route, parameters)
  }

  /// Runs the handler of a route for a request that was made by ``APIRequest/inner(_:_:query:body:)``.
  func run(
    _ route: Route, _ request: APIRequest, _ parameters: [String: String]
  ) async throws -> (answer: APIResponse, bytes: [UInt8]) {
    let call = try prepared(route, request, parameters)
    let answer = try await call.namingUnstorable { try await route.handler(call) }
    return (answer, try await Self.bytes(of: answer))
  }

  /// The request as the handler of a route is given it, if its user may call the route.
  private func prepared(
    _ route: Route, _ request: APIRequest, _ parameters: [String: String]
  ) throws -> APIRequest {
    var request = request
    request.pathParameters = parameters
    request.query = route.operation.declared(request.query)
    request.declaredMembers = route.operation.body?.members
    request.access = try route.needs.access(of: try request.requiredUser)
    return request
  }

  /// The content of an answer.
  ///
  /// - Throws: `APIError` 413 for too many bytes.
  private static func bytes(of answer: APIResponse) async throws -> [UInt8] {
    let content = AnswerCollector.Content()
    let collector = AnswerCollector(content: content, limit: mostAnswerBytes)
    do {
      switch answer.body {
      case .whole(let buffer):
        guard buffer.readableBytes <= mostAnswerBytes else { throw AnswerCollector.TooLarge() }
        return Array(buffer.readableBytesView)
      case .stream(let write):
        var writer: any ResponseBodyWriter = collector
        try await write(&writer)
        return content.bytes
      }
    } catch is AnswerCollector.TooLarge {
      throw APIError.tooLarge(
        "The answer has more than \(mostAnswerBytes) bytes; ask for fewer rows by limit.")
    }
  }
}

/// The answer of a route that was called within the process.
package struct RouteAnswer: Sendable {
  /// The HTTP status; a route may answer a failure too, where it does not throw it.
  package var status: HTTPResponse.Status
  /// The headers.
  package var headers: HTTPFields
  /// The content where it is JSON, else null.
  package var json: JSONValue
  /// The content.
  package var bytes: [UInt8]

  init(_ answer: APIResponse, _ bytes: [UInt8]) throws {
    status = answer.status
    headers = answer.headers
    self.bytes = bytes
    let isJSON = HeaderValue(answer.headers[.contentType] ?? "").value == "application/json"
    json = isJSON && !bytes.isEmpty ? try JSONParser.parse(bytes) : .null
  }
}

extension APIRequest {
  /// A request within the process for the same user.
  func inner(
    _ method: HTTPRequest.Method, _ path: String, query: JSONObject, body: JSONValue?
  ) -> APIRequest {
    let content = body?.rendered ?? []
    return APIRequest(
      method: method, path: path, headers: [.contentType: "application/json"],
      query: .object(query), pathParameters: [:], user: user, owners: owners,
      remoteAddress: remoteAddress,
      body: BodyReader(
        RequestBody(buffer: ByteBuffer(bytes: content)), hasContent: !content.isEmpty),
      logger: logger)
  }
}

/// Collects an answer that is written in pieces, up to a limit.
struct AnswerCollector: ResponseBodyWriter {
  /// The error past the limit.
  struct TooLarge: Error {}

  /// The bytes, shared with whoever gave the writer away.
  final class Content {
    var bytes: [UInt8] = []
  }

  let content: Content
  let limit: Int

  mutating func write(_ buffer: ByteBuffer) async throws {
    guard content.bytes.count + buffer.readableBytes <= limit else { throw TooLarge() }
    content.bytes.append(contentsOf: buffer.readableBytesView)
  }

  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
