import Hummingbird

/// A tool for language models: one route of the API, whose handler and permissions it shares.
struct MCPTool: Sendable {
  var name: String
  /// What it does, for the model.
  var description: String
  var method: HTTPRequest.Method
  /// The path as its route declares it.
  var path: String
  var parameters: [MCPParameter]

  /// Whether it changes nothing.
  var isReading: Bool { method == .get || name == "campaigns_simulate" }

  /// The tool as `tools/list` tells it.
  var json: JSONValue {
    let properties = parameters.map { parameter -> (String, JSONValue) in
      var schema: JSONObject = [
        "type": .string(parameter.type), "description": .string(parameter.description),
      ]
      if parameter.type == "array" { schema["items"] = [:] }
      return (parameter.name, .object(schema))
    }
    let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
    return [
      "name": .string(name), "description": .string(description),
      "inputSchema": [
        "type": "object", "properties": .object(JSONObject(properties)),
        "required": .array(required), "additionalProperties": false,
      ],
      "annotations": ["readOnlyHint": .bool(isReading), "openWorldHint": false],
    ]
  }
}

/// A value that a caller of a tool gives.
struct MCPParameter: Sendable {
  /// The part of the request that the value becomes.
  enum Place: Sendable {
    /// A part of the path.
    case path
    /// A parameter of the query.
    case query
    /// A member of the body.
    case member
    /// All members of the body.
    case body
    /// A search of contacts: `segment:VALUE`.
    case segment
  }

  var name: String
  var place: Place
  /// The type in JSON Schema.
  var type: String
  var description: String
  var isRequired = false
}

extension MCPParameter {
  /// An id in the path.
  static func id(_ name: String, of noun: String) -> MCPParameter {
    MCPParameter(
      name: name, place: .path, type: "integer", description: "Id of the \(noun)",
      isRequired: true)
  }

  /// A text of the query.
  static func query(_ name: String, _ description: String) -> MCPParameter {
    MCPParameter(name: name, place: .query, type: "string", description: description)
  }

  /// The parameters of a list.
  static let paging = [
    MCPParameter(
      name: "start", place: .query, type: "integer", description: "Rows to skip, 0 by default"),
    MCPParameter(
      name: "limit", place: .query, type: "integer", description: "Rows at most, 30 by default"),
  ]

  /// The parameters of a list that can be searched and ordered.
  static let list =
    [
      query(
        "search",
        "Words, and commands such as email:ada@example.com, is:published, ids:1,2 or !tag:cold"),
      query("orderBy", "Column to order by, such as name"), query("orderByDir", "ASC or DESC"),
    ] + paging

  /// The members of the body.
  static func body(_ description: String) -> MCPParameter {
    MCPParameter(
      name: "fields", place: .body, type: "object", description: description, isRequired: true)
  }
}
