import Contacts
import Foundation
import HTTPTypes
import Hummingbird
import JobQueue
import Logging
import Tracking

/// Messages of apps, websites and servers, with the paths, bodies and answers of Segment's tracking API (tracking.md 20).
struct MessageRoutes: Sendable {
  let taker: MessageTaker
  let clock: WallClock

  /// The paths of each kind: Segment's, the short ones of its script, RudderStack's and Jitsu's.
  private static let paths: [(kind: Message.Kind, short: String)] = [
    (.track, "t"), (.page, "p"), (.screen, "s"), (.identify, "i"), (.group, "g"), (.alias, "a"),
  ]

  var routes: [Route] {
    Self.paths.flatMap { kind, short in
      [
        "/v1/\(kind.rawValue)", "/v1/\(short)", "/api/s/\(kind.rawValue)",
        "/api/s/s2s/\(kind.rawValue)",
      ]
      .map { path in
        route(path) { try await take($0) { try [$0.message($1, kind)] } }
      }
    }
      + ["/v1/batch", "/v1/b", "/v1/import", "/beacon/v1/batch"].map { path in
        route(path) { try await take($0) { try $0.batch($1) } }
      }
  }

  private func route(_ path: String, _ handler: @escaping Route.Handler) -> Route {
    var route = Route(.post, path, needs: .anyone, handler).summarized(
      "Take messages of apps, websites and servers")
    route.isForAllSites = true
    return route
  }

  /// Takes the messages of a request. Which site it comes from is known before its key is, so the answer may be read by
  /// any; a key's own origins decide whether it counts.
  private func take(
    _ request: APIRequest, _ read: (MessageReader, JSONValue) throws -> [Message]
  ) async throws -> APIResponse {
    do {
      let body = try await body(of: request)
      let key = try await key(of: request, body)
      let reader = MessageReader(key: key.id, now: clock.now)
      let messages = try read(reader, body)
      try await keep(messages, source(request, key, reader.now), request.logger)
      return Self.open(APIResponse(json: ["success": true]), to: request)
    } catch let error as APIError {
      return Self.open(Self.answer(error), to: request)
    }
  }

  private func keep(
    _ messages: [Message], _ source: MessageSource, _ logger: Logger
  ) async throws {
    do {
      try await taker.take(messages, from: source)
    } catch  where !(error is InvalidInput) && !Task.isCancelled {
      if !VisitorResolver.isAway(error) {
        logger.warning("messages could not be kept", metadata: ["error": "\(error)"])
      }
      throw APIError.unavailable("The messages could not be kept. Send them again.")
    }
  }

  /// The body: JSON whatever its type, since browsers send it as plain text without asking first.
  private func body(of request: APIRequest) async throws -> JSONValue {
    let isBatch =
      request.path.hasSuffix("batch") || request.path.hasSuffix("/b")
      || request.path.hasSuffix("import")
    let limit = isBatch ? MessageReader.batchBytes : MessageReader.messageBytes
    do {
      try request.checkLength(limit: limit)
      let content = try await request.body.collect(upTo: limit)
      let value = try JSONParser.parse(content.readableBytesView)
      guard value.asObject != nil else {
        throw APIError.badRequest("The body must be a JSON object.")
      }
      return value
    } catch let error as JSONSyntaxError {
      throw APIError.badRequest(
        "The JSON body does not parse: \(error.message) at byte \(error.offset).")
    } catch let error as APIError where error.status == .contentTooLarge {
      // What is too large is a bad request in this API: its libraries do not try again.
      throw APIError.badRequest("The body is larger than \(limit) bytes.")
    }
  }

  // MARK: Write keys

  private func key(of request: APIRequest, _ body: JSONValue) async throws -> WriteKey {
    let secret =
      Self.user(request.headers[.authorization]) ?? request.headers[.writeKey]
      ?? body["writeKey"]?.text ?? request.query["writeKey"]?.text ?? ""
    let found: WriteKey?
    do {
      found = try await taker.keys.find(secret)
    } catch  where VisitorResolver.isAway(error) && !Task.isCancelled {
      throw APIError.unavailable("The write keys could not be read. Send the messages again.")
    }
    guard let key = found else {
      throw APIError(.unauthorized, "The write key is missing, unknown or revoked.")
    }
    guard
      key.origins.isEmpty
        || request.headers[.origin].map({ AllowedOrigins(list: key.origins).allows($0) }) == true
    else {
      throw APIError(.forbidden, "The write key may not be used by this origin.")
    }
    return key
  }

  /// The write key as the name of a user without a password.
  private static func user(_ header: String?) -> String? {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "basic",
      let data = Data(base64Encoded: String(parts[1]).trimmingBlanks),
      let text = String(data: data, encoding: .utf8)
    else { return nil }
    let name = String(text.prefix { $0 != ":" })
    return name.isEmpty ? nil : name
  }

  private func source(_ request: APIRequest, _ key: WriteKey, _ now: Date) -> MessageSource {
    let headers = request.headers
    return MessageSource(
      key: key, address: request.remoteAddress, agent: headers[.userAgent] ?? "",
      languages: headers[.acceptLanguage] ?? "",
      hasPrivacySignal: !key.isServer && (headers[.secGPC] == "1" || headers[.doNotTrack] == "1"),
      at: now)
  }

  // MARK: Answers

  private static func answer(_ error: APIError) -> APIResponse {
    var response = APIResponse(
      status: error.status,
      json: [
        "success": false, "message": .string(error.message), "errors": .array([error.json]),
      ])
    for field in error.headers { response.headers.append(field) }
    return response
  }

  private static func open(_ answer: APIResponse, to request: APIRequest) -> APIResponse {
    var answer = answer
    for field in AllSites.headers(for: request.headers) { answer.headers[field.name] = field.value }
    return answer
  }
}

/// Routes that scripts of any site may call, without cookies.
enum AllSites {
  /// The headers of answers, and of what a browser asks before a request.
  static func headers(for request: HTTPFields) -> HTTPFields {
    guard let origin = request[.origin], origin.utf8.count <= 300 else { return [:] }
    var headers: HTTPFields = [
      .accessControlAllowOrigin: origin,
      .accessControlAllowHeaders:
        "Authorization, Content-Type, Content-Encoding, AnonymousId, X-Write-Key",
      .accessControlAllowMethods: "POST, OPTIONS", .accessControlMaxAge: "36000",
      .vary: "Origin",
    ]
    // Beacons are sent with credentials, whether or not there are any.
    headers[.accessControlAllowCredentials] = "true"
    return headers
  }
}
