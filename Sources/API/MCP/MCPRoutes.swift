import Hummingbird

/// `/mcp` (API page, 11.10): the Model Context Protocol over HTTP. A message is a request of JSON-RPC 2.0; a call of a tool
/// runs the handler of a route of the API, for the same user and with the same permissions. There are no sessions.
struct MCPRoutes: Sendable {
  /// The versions of the protocol, the one that is offered first.
  static let versions = ["2025-06-18", "2025-11-25"]

  /// Runs the routes of the API.
  let caller: RouteCaller
  let origins: @Sendable () async -> AllowedOrigins
  /// The version of the product.
  let version: String

  var routes: [Route] {
    [
      Route(.post, "/mcp", needs: .anyUser) { try await answer($0) }.described(
        "Answer a message of the Model Context Protocol",
        body: "jsonrpc:text id:any method:text params:any", statuses: [200, 202, 400])
    ]
  }

  private func answer(_ request: APIRequest) async throws -> APIResponse {
    // A page that a browser shows must not use the login that the browser keeps.
    if let origin = request.headers[.origin] {
      guard await origins().allows(origin) else { throw APIError.forbidden }
    }
    let given = request.headers[.mcpProtocolVersion]
    guard given.map(Self.versions.contains) ?? true else {
      throw APIError.badRequest(
        "The version of the protocol is not one of \(Self.versions.joined(separator: ", ")).")
    }
    let content = try await request.body.collect(upTo: request.parameterLimit)
    var id = JSONValue.null
    do throws(MCPError) {
      guard let message = try Self.message(content) else {
        return APIResponse(status: .accepted, body: .whole(ByteBuffer()))
      }
      id = message.id
      let result = try await self.result(message, request)
      return APIResponse(json: ["jsonrpc": "2.0", "id": id, "result": result])
    } catch {
      let status: HTTPResponse.Status = id == .null ? .badRequest : .ok
      return APIResponse(
        status: status,
        json: [
          "jsonrpc": "2.0", "id": id,
          "error": ["code": .int(error.code), "message": .string(error.message)],
        ])
    }
  }

  private struct Message {
    var id: JSONValue
    var method: String
    var parameters: JSONObject
  }

  /// The request in a body; nil for a notification or a response, to which there is no answer.
  private static func message(_ content: ByteBuffer) throws(MCPError) -> Message? {
    let value: JSONValue
    do {
      value = try JSONParser.parse(content.readableBytesView)
    } catch {
      throw .parse
    }
    guard case .object(let members) = value, members["jsonrpc"] == "2.0" else {
      throw .invalid("A message is an object with jsonrpc \"2.0\"; batches are not taken.")
    }
    guard case .string(let method)? = members["method"] else {
      guard members["result"] != nil || members["error"] != nil else {
        throw .invalid("method is required.")
      }
      return nil
    }
    guard let id = members["id"] else { return nil }
    switch id {
    case .string, .int: break
    default: throw .invalid("id must be a text or a whole number.")
    }
    guard let parameters = (members["params"] ?? [:]).asObject else {
      throw .invalid("params must be an object.")
    }
    return Message(id: id, method: method, parameters: parameters)
  }

  private func result(_ message: Message, _ request: APIRequest) async throws(MCPError) -> JSONValue
  {
    switch message.method {
    case "initialize":
      let wanted = message.parameters["protocolVersion"]?.text ?? ""
      return [
        "protocolVersion": .string(Self.versions.first { $0 == wanted } ?? Self.versions[0]),
        "capabilities": ["tools": [:]],
        "serverInfo": ["name": "martlet", "title": "Martlet", "version": .string(version)],
        "instructions":
          "Contacts, segments, campaigns and statistics of a marketing-automation engine.",
      ]
    case "ping": return [:]
    case "tools/list": return ["tools": .array(MCPTool.all.map(\.json))]
    case "tools/call": return try await call(message.parameters, request)
    default: throw .unknown(message.method)
    }
  }

  /// Runs the handler of a tool's route. What the API refuses is a result with `isError`, for the model to read.
  private func call(
    _ parameters: JSONObject, _ outer: APIRequest
  ) async throws(MCPError) -> JSONValue {
    let name = parameters["name"]?.text ?? ""
    guard let tool = MCPTool.all.first(where: { $0.name == name }) else {
      throw .parameters("There is no tool \(name.prefix(100)).")
    }
    guard let arguments = (parameters["arguments"] ?? [:]).asObject else {
      throw .parameters("arguments must be an object.")
    }
    let request = try tool.request(arguments, in: outer)
    guard let (route, found) = caller.route(of: request), route.path == tool.path else {
      throw .parameters("The arguments lead to no record.")
    }
    do {
      let (answer, bytes) = try await caller.run(route, request, found)
      return Self.content(
        String(decoding: bytes, as: UTF8.self), isError: answer.status.kind != .successful)
    } catch let error as APIError where error.status == .contentTooLarge {
      return Self.content(error.message, isError: true)
    } catch {
      let failure = ErrorMapping.apiError(for: error, logger: outer.logger)
      return Self.content(
        String(decoding: JSONValue.object(["errors": [failure.json]]).rendered, as: UTF8.self),
        isError: true)
    }
  }

  private static func content(_ text: String, isError: Bool) -> JSONValue {
    ["content": [["type": "text", "text": .string(text)]], "isError": .bool(isError)]
  }
}
