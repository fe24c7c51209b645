import Hummingbird

/// A route as an operation of the document.
struct OpenAPIOperation {
  let route: Route
  /// The path as OpenAPI writes it.
  let path: String
  /// The parameters of the path, by their names in it.
  let parameters: [(name: String, isNumber: Bool)]

  var method: String { route.method.rawValue.lowercased() }
  private var segments: [Substring] { path.split(separator: "/") }
  /// The kind of record, or who calls it.
  var tag: String {
    switch segments.first {
    case "api": segments.dropFirst().first.map(String.init) ?? "api"
    case "oauth", ".well-known": "oauth"
    case "account": "account"
    default: "visitors"
    }
  }
  /// Whether errors are those of the contract.
  var isAPI: Bool { Self.isAPI(path) }

  /// Whether the routes of a path answer errors as the contract says: pages of visitors and the messages of apps have forms
  /// of their own.
  static func isAPI(_ path: String) -> Bool {
    path.hasPrefix("/api/") && !path.hasPrefix("/api/s/")
  }

  /// The operations of all routes. Of two with the same method and path the later is the one that answers; parameters at
  /// the same place of paths that are else alike have one name, as OpenAPI wants it.
  static func all(of routes: [Route]) -> [OpenAPIOperation] {
    var templates: [String: [String]] = [:]
    var operations: [OpenAPIOperation] = []
    var places: [String: Int] = [:]
    for route in routes {
      let segments = route.path.split(separator: "/").map(String.init)
      let shape = segments.map { $0.hasPrefix("{") ? "{}" : $0 }.joined(separator: "/")
      let written = templates[shape] ?? segments.map(Self.withoutKind)
      templates[shape] = written
      let parameters = zip(segments, written).filter { $0.0.hasPrefix("{") }.map { own, written in
        (String(written.dropFirst().dropLast()), !own.hasSuffix(":text}"))
      }
      let operation = OpenAPIOperation(
        route: route, path: "/" + written.joined(separator: "/"), parameters: parameters)
      let key = "\(route.method.rawValue) \(shape)"
      if let place = places[key] {
        operations[place] = operation
      } else {
        places[key] = operations.count
        operations.append(operation)
      }
    }
    return operations
  }

  private static func withoutKind(_ segment: String) -> String {
    segment.hasSuffix(":text}") ? segment.dropLast(":text}".count) + "}" : segment
  }

  /// A name made of method and path: `getContactsById`.
  var id: String {
    let words = segments.dropFirst(segments.first == "api" ? 1 : 0).map { segment -> String in
      let bare = segment.hasPrefix("{") ? segment.dropFirst().dropLast() : segment
      let parts = bare.split { !$0.isLetter && !$0.isNumber }.map(Self.capitalized)
      return (segment.hasPrefix("{") ? "By" : "") + parts.joined()
    }
    return method + words.joined()
  }

  private static func capitalized(_ word: Substring) -> String {
    word.prefix(1).uppercased() + word.dropFirst()
  }

  private var summary: String {
    let told = route.operation.summary
    return told.isEmpty ? "\(route.method.rawValue) \(path)" : told
  }

  func json(among all: [OpenAPIOperation]) -> JSONObject {
    var json: JSONObject = [
      "operationId": .string(id), "summary": .string(summary), "tags": [.string(tag)],
    ]
    let parameters = pathParameters + queryParameters + headerParameters
    if !parameters.isEmpty { json["parameters"] = .array(parameters) }
    if let body = route.operation.body { json["requestBody"] = .object(Self.requestBody(body)) }
    json["responses"] = .object(OpenAPIResponses(operation: self, all: all).json)
    if route.needs.isPublic { json["security"] = [] }
    return json
  }

  // MARK: What it takes

  private var pathParameters: [JSONValue] {
    parameters.map { parameter in
      let schema: Schema =
        parameter.isNumber
        ? .integer.with("minimum", 1).with("maximum", .int(.max)).with("format", "int64")
        : .text.with("minLength", 1)
      return [
        "name": .string(parameter.name), "in": "path", "required": true,
        "schema": .object(schema.json),
      ]
    }
  }

  private var queryParameters: [JSONValue] {
    (route.operation.query ?? []).map { parameter in
      let known = OpenAPIParameters.meanings[parameter.name]
      var json: JSONObject = ["name": .string(parameter.name), "in": "query"]
      var meaning = known?.meaning ?? parameter.kind?.meaning ?? ""
      if !parameter.values.isEmpty {
        meaning += " One of \(parameter.values.joined(separator: ", "))."
      }
      if !meaning.isEmpty { json["description"] = .string(meaning) }
      if parameter.kind == nil {
        json["style"] = "deepObject"
        json["explode"] = true
      }
      let schema =
        known?.schema ?? parameter.kind.map { OpenAPIParameters.schema(of: $0) }
        ?? .type(["object", "array", "string"])
      json["schema"] = .object(schema.json)
      return .object(json)
    }
  }

  private var headerParameters: [JSONValue] {
    guard route.takesIdempotencyKey else { return [] }
    return [
      [
        "name": "Idempotency-Key", "in": "header",
        "description": "With the same key the request is executed once, however often it is sent.",
        "schema": ["type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"],
      ]
    ]
  }

  private static func requestBody(_ body: Operation.Content) -> JSONObject {
    var media: JSONObject = ["schema": .object(body.schema.json)]
    if let example = body.example { media["example"] = example }
    return ["content": .object(JSONObject(body.types.map { ($0, .object(media)) }))]
  }
}
