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
    var (values, query, body) = ([String: String](), JSONObject(), JSONObject())
    for parameter in parameters {
      guard let value = arguments[parameter.name], value != .null else {
        guard !parameter.isRequired else {
          throw .parameters("\(parameter.name) is required.")
        }
        continue
      }
      try parameter.check(value)
      switch parameter.place {
      case .path: values[parameter.name] = value.text
      case .query: query[parameter.name] = value
      case .member: body[parameter.name] = value
      case .body: if case .object(let members) = value { body = members }
      case .segment:
        let alias = (value.text ?? "").replacing("\"", with: "")
        query["search"] = .string("segment:\"\(alias)\"")
      }
    }
    let place = path.split(separator: "/").map { part in
      let name = part.drop { $0 == "{" }.prefix { $0 != ":" && $0 != "}" }
      return "/" + (part.hasPrefix("{") ? values[String(name)] ?? "" : String(part))
    }.joined()
    return outer.inner(
      method, place, query: query, body: body.isEmpty ? nil : .object(body))
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
