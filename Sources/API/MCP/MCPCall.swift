import Hummingbird

/// The error of a message of JSON-RPC 2.0.
struct MCPError: Error, Equatable {
  var code: Int
  var message: String

  static let parse = MCPError(code: -32700, message: "The message is no JSON.")
  static func invalid(_ message: String) -> MCPError { MCPError(code: -32600, message: message) }
  static func unknown(_ method: String) -> MCPError {
    MCPError(code: -32601, message: "There is no method \(method.prefix(100)).")
  }
  static func parameters(_ message: String) -> MCPError {
    MCPError(code: -32602, message: message)
  }
}

extension MCPTool {
  /// The request that a call stands for.
  ///
  /// - Parameters:
  ///   - arguments: The values by name.
  ///   - outer: The request that brought the call, whose user it acts for.
  /// - Throws: ``MCPError`` that names the parameter.
  func request(_ arguments: JSONObject, in outer: APIRequest) throws(MCPError) -> APIRequest {
    let names = Set(parameters.map(\.name))
    if let other = arguments.keys.first(where: { !names.contains($0) }) {
      throw .parameters("\(name) has no parameter \(other.prefix(100)).")
    }
    var request = outer
    request.method = method
    request.execution = nil
    request.headers = [.contentType: "application/json"]
    request.pathParameters = [:]
    var (query, body) = (JSONObject(), JSONObject())
    for parameter in parameters {
      guard let value = arguments[parameter.name], value != .null else {
        guard !parameter.isRequired else {
          throw .parameters("\(parameter.name) is required.")
        }
        continue
      }
      try parameter.check(value)
      switch parameter.place {
      case .path: request.pathParameters[parameter.name] = value.text
      case .query: query[parameter.name] = value
      case .member: body[parameter.name] = value
      case .body: if case .object(let members) = value { body = members }
      case .segment:
        let alias = (value.text ?? "").replacing("\"", with: "")
        query["search"] = .string("segment:\"\(alias)\"")
      }
    }
    request.path = path.split(separator: "/").map { part in
      let name = part.drop { $0 == "{" }.prefix { $0 != ":" && $0 != "}" }
      return "/" + (part.hasPrefix("{") ? request.pathParameters[String(name)] ?? "" : String(part))
    }.joined()
    request.query = .object(query)
    let content = body.isEmpty ? [] : JSONValue.object(body).rendered
    request.body = BodyReader(
      RequestBody(buffer: ByteBuffer(bytes: content)), hasContent: !content.isEmpty)
    return request
  }
}

extension MCPParameter {
  /// Refuses a value of another type; a number may come as text.
  fileprivate func check(_ value: JSONValue) throws(MCPError) {
    let isRight =
      switch (type, value) {
      case ("integer", _): place == .path ? (value.integer ?? 0) > 0 : value.integer != nil
      case ("array", .array), ("object", .object): true
      case ("string", _): value.text.map { !$0.isEmpty || place != .path } ?? false
      default: false
      }
    guard isRight else {
      let rule = type == "integer" && place == .path ? "a positive integer" : "of type \(type)"
      throw .parameters("\(name) must be \(rule).")
    }
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
