import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes
import Postgres
import Synchronization
import Users

/// Answers every request: path, route, user, handler, and their errors.
struct APIResponder: HTTPResponder {
  typealias Context = APIContext

  let configuration: APIConfiguration
  let routes: RouteTable
  let access: AccessControl
  /// What knows the sessions of browsers; nil where there are none.
  let browsers: BrowserAccess?
  let idempotency: Idempotency?
  let connections: OpenConnections
  let logger: Logger
  let observer = RequestObserver()

  func respond(to request: Request, context: APIContext) async throws -> Response {
    let start = ContinuousClock.now
    var logger = logger
    logger[metadataKey: "request"] = .string(context.requestID)
    let body = makeBody(of: request, context: context)
    let address = await clientAddress(of: request, context)
    let path = RequestPath(request.uri.path)
    var seen = SeenRequest(method: request.method, path: request.uri.path)
    seen.remoteAddress = address
    var answer: APIResponse
    do {
      answer = try await handle(request, path, body, context, address, logger, &seen)
    } catch {
      answer = ErrorMapping.apiError(for: error, logger: logger).response
    }
    // Whoever sent too slowly is not waited for again.
    if answer.status != .requestTimeout { await discardRest(of: body, request) }
    finish(&answer, body: body, requestID: context.requestID)
    seen.rate?.write(to: &answer.headers)
    if seen.isInSession { answer = answer.packed(for: request.headers) }
    if request.headers[.origin] != nil, request.method != .options {
      for field in await configuration.origins().headers(for: request.headers) {
        answer.headers[field.name] = field.value
      }
    }
    seen.status = answer.status.code
    seen.receivedBytes = body.receivedBytes
    observer.record(seen, duration: ContinuousClock.now - start, logger: logger)
    return response(answer, isHead: request.method == .head)
  }

  private func handle(
    _ request: Request, _ path: RequestPath, _ body: BodyReader, _ context: APIContext,
    _ address: String, _ logger: Logger, _ seen: inout SeenRequest
  ) async throws -> APIResponse {
    if request.method == .options {
      return APIResponse(
        status: .noContent, headers: await preflight(request, path), body: .whole(ByteBuffer()))
    }
    guard case .path(let path) = path else { return try redirect(request, path) }
    let (route, parameters): (Route, [String: String])
    do throws(APIError) {
      (route, parameters) = try find(request.method, path)
    } catch {
      guard let browsers, browsers.isPage(path) else { throw error }
      return await page(of: error, nil, browsers)
    }
    seen.note(route, parameters)
    var apiRequest = APIRequest(
      method: request.method, path: path, headers: request.headers, query: [:],
      pathParameters: parameters, remoteAddress: address, body: body, logger: logger,
      parameterLimit: route.needs.isPublic
        ? configuration.maximumPublicBytes : configuration.maximumParameterBytes)
    apiRequest.rawQuery = request.uri.query ?? ""
    apiRequest.declaredMembers = route.operation.body?.members
    if route.isForBrowsers, let browsers {
      return try await page(route, request, apiRequest, browsers, context.channel, &seen)
    }
    if route.needs.isPublic {
      apiRequest.access = .none
    } else {
      let user = try await caller(request, body, address, &seen)
      apiRequest.user = user
      apiRequest.access = try route.needs.access(of: user)
    }
    apiRequest.query = try query(of: request, for: route)
    let handler: Route.Handler = { try await run(route, $0, context.channel) }
    if route.takesIdempotencyKey, let idempotency,
      let key = request.headers[.idempotencyKey]
    {
      return try await idempotency.answer(apiRequest, key: key, handler: handler)
    }
    return try await handler(apiRequest)
  }

  /// Calls the route's handler, and gives it up when its time is over, or when it only reads and nobody waits for it any
  /// more. What asks for no login is answered even where all other requests wait for the database.
  func run(
    _ route: Route, _ request: APIRequest, _ channel: any Channel
  ) async throws -> APIResponse {
    guard !route.takesFile else { return try await route.handler(request) }
    let isReading = request.method == .get || request.method == .head
    let isLate = Atomic(false)
    let task = Task {
      try await PostgresPool.$usesReserve.withValue(route.needs.isPublic) {
        try await request.namingUnstorable { try await route.handler(request) }
      }
    }
    let isOpen = connections.began(
      channel,
      time: configuration.requestTimeout + Self.wait(asked: request)
        + (request.body.isExhausted ? .zero : .seconds(configuration.parameterTimeoutSeconds)),
      endsWithClient: isReading
    ) { late in
      if late { isLate.store(true, ordering: .relaxed) }
      task.cancel()
    }
    if !isOpen, isReading { task.cancel() }
    defer { connections.ended(channel) }
    do {
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    } catch  where isLate.load(ordering: .relaxed) && ErrorMapping.isCancellation(error) {
      throw APIError.unavailable(
        "The request was given up after \(configuration.requestTimeout.components.seconds) seconds."
      )
    }
  }

  /// The time for which a request asks to be held (API page, 11.4).
  private static func wait(asked request: APIRequest) -> Duration {
    .seconds(min(max(0, request.query["wait"]?.integer ?? 0), 60))
  }

  /// The headers for what a browser asks before a script's request.
  private func preflight(_ request: Request, _ path: RequestPath) async -> HTTPFields {
    if case .path(let path) = path, case .route(let route, _) = routes.match(.post, path: path),
      route.isForAllSites
    {
      return AllSites.headers(for: request.headers)
    }
    return await configuration.origins().preflight(for: request.headers)
  }

  private func clientAddress(of request: Request, _ context: APIContext) async -> String {
    if let proxies = await configuration.trustedProxies() { connections.proxies = proxies }
    return ClientAddress.resolve(
      peer: context.remoteAddress, headers: request.headers, proxies: connections.proxies)
  }

  private func find(
    _ method: HTTPRequest.Method, _ path: String
  ) throws(APIError) -> (Route, [String: String]) {
    switch routes.match(method, path: path) {
    case .route(let route, let parameters): return (route, parameters)
    case .notFound: throw .unknownRoute
    case .methodNotAllowed(let allowed):
      var error = APIError.framework(
        .methodNotAllowed,
        "No route found for this method; allowed: \(allowed.joined(separator: ", ")).")
      error.headers[.allow] = allowed.joined(separator: ", ")
      throw error
    }
  }

  /// Redirects GET with a trailing slash to the path without it; other methods are unknown routes.
  private func redirect(_ request: Request, _ path: RequestPath) throws(APIError) -> APIResponse {
    guard case .trailingSlash(let target) = path, request.method == .get || request.method == .head,
      // Browsers take a backslash for a slash, and two of them for another server.
      !target.contains("\\"), !target.hasPrefix("//")
    else { throw .unknownRoute }
    let query = request.uri.query.map { "?\($0)" } ?? ""
    return APIResponse(status: .movedPermanently, json: [:]).with(.location, target + query)
  }

  /// The parameters of the query that a route declares.
  func query(of request: Request, for route: Route) throws -> JSONValue {
    route.operation.declared(try BracketParameters.parse((request.uri.query ?? "").utf8))
  }

  private func makeBody(of request: Request, context: APIContext) -> BodyReader {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    let isChunked = request.headers[.transferEncoding] != nil
    let channel = context.channel
    let expectsContinue = request.headers[.expect]?.lowercased() == "100-continue"
    return BodyReader(
      request.body, encoding: request.headers[.contentEncoding],
      hasContent: isChunked || (declared ?? 0) > 0,
      limit: configuration.maximumUploadBytes,
      slowest: (configuration.minimumUploadBytes, configuration.parameterTimeoutSeconds),
      timeout: { [seconds = configuration.parameterTimeoutSeconds] in
        let task = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
          channel.close(promise: nil)
        }
        return { task.cancel() }
      },
      beforeFirstRead: {
        guard expectsContinue else { return }
        channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)), promise: nil)
      })
  }

  /// Some clients send `{}` with every GET: reading that little keeps their connection usable.
  private func discardRest(of body: BodyReader, _ request: Request) async {
    let declared = request.headers[.contentLength].flatMap { Int($0) } ?? .max
    guard !body.isExhausted, declared <= 64 * 1024, request.headers[.expect] == nil else { return }
    do {
      _ = try await body.collect(upTo: declared)
    } catch {
      // The connection is closed after the answer, as with any content that was not read.
    }
  }

  /// The headers that every answer has.
  private func finish(_ answer: inout APIResponse, body: BodyReader, requestID: String) {
    answer.headers[.requestID] = requestID
    answer.headers[.xContentTypeOptions] = "nosniff"
    if answer.headers[.cacheControl] == nil,
      answer.headers[.contentType]?.contains("json") == true
    {
      // Records of persons stay in no cache.
      answer.headers[.cacheControl] = "no-store"
    }
    answer.headers[.mauticVersion] = configuration.mauticVersion
    answer.headers[.martletVersion] = configuration.version
    // Unread content is still arriving. Reading it only to keep the connection would let a client
    // send without end.
    if !body.isExhausted { answer.headers[.connection] = "close" }
  }

  private func response(_ answer: APIResponse, isHead: Bool) -> Response {
    let body: ResponseBody
    switch answer.body {
    case .whole(let buffer): body = ResponseBody(byteBuffer: buffer)
    case .stream(let write): body = ResponseBody(write)
    }
    let response = Response(status: answer.status, headers: answer.headers, body: body)
    return isHead ? response.createHeadResponse() : response
  }
}
