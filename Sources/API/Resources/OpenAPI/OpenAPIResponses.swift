/// The answers of an operation.
struct OpenAPIResponses {
  let operation: OpenAPIOperation
  let all: [OpenAPIOperation]

  var json: JSONObject {
    var json = JSONObject()
    let answers = operation.route.operation.answers
    for status in Set(answers.map(\.status)).sorted() {
      json[String(status)] = .object(described(status, answers.filter { $0.status == status }))
    }
    if json.isEmpty {
      json["2XX"] = .object(Self.undescribed("What was asked for", operation.isAPI))
    }
    guard operation.isAPI else {
      json["3XX"] = .object(Self.undescribed("It is elsewhere, or as it was", false))
      json["4XX"] = .object(Self.undescribed("It cannot be done", false))
      json["default"] = .object(Self.undescribed("It went wrong", false))
      return json
    }
    for (status, name) in errors { json[status] = Self.reference(name) }
    return json
  }

  /// The errors that it may have, with the names of their answers.
  private var errors: [(status: String, name: String)] {
    var errors = [("400", "BadRequest")]
    if !operation.route.needs.isPublic {
      errors += [("401", "Unauthorized"), ("403", "Forbidden")]
    }
    errors += [("404", "NotFound"), ("405", "MethodNotAllowed"), ("429", "TooManyRequests")]
    return errors + [("default", "OtherError")]
  }

  private static let meanings = [
    200: "What was asked for, or as it is now", 201: "It was created", 202: "It was begun",
    204: "Done; there is nothing to tell", 206: "A part of the file", 302: "It is elsewhere",
    304: "It is as it was", 416: "The file has no such part", 503: "Not at present",
  ]

  private func described(_ status: Int, _ answers: [Operation.Answer]) -> JSONObject {
    var json: JSONObject = ["description": .string(Self.meanings[status] ?? "Done")]
    let content = answers.map { answer -> (String, JSONValue) in
      let media = answer.schema.map { JSONObject([("schema", .object($0.json))]) }
      return (answer.type, .object(media ?? [:]))
    }
    if status != 304 { json["content"] = .object(JSONObject(content)) }
    if operation.isAPI { json["headers"] = .object(Self.headerReferences) }
    if let made = answers.compactMap(\.made).first {
      let links = links(to: made)
      if !links.isEmpty { json["links"] = .object(links) }
    }
    return json
  }

  /// The operations about what it made: those whose path goes on with its id, and has no other parameter.
  private func links(to made: String) -> JSONObject {
    let base =
      operation.path.hasSuffix("/new")
      ? String(operation.path.dropLast("/new".count)) : operation.path
    let about = all.filter { other in
      other.path.hasPrefix(base + "/{") && other.parameters.count == 1
        && other.parameters[0].isNumber
    }
    return JSONObject(
      about.map { other in
        let link: JSONObject = [
          "operationId": .string(other.id),
          "parameters": .object(
            JSONObject([(other.parameters[0].name, .string("$response.body#/\(made)/id"))])),
        ]
        return (other.id, .object(link))
      })
  }

  /// Pages have content of many types, and none where they lead elsewhere.
  private static func undescribed(_ description: String, _ isAPI: Bool) -> JSONObject {
    var json: JSONObject = ["description": .string(description)]
    if isAPI { json["content"] = ["application/json": [:]] }
    return json
  }

  // MARK: Components

  private static func reference(_ name: String) -> JSONValue {
    ["$ref": .string("#/components/responses/\(name)")]
  }

  /// The errors that all operations share.
  static let components: JSONObject = [
    "BadRequest": error("What was sent cannot be used; the message names member, value and rule."),
    "Unauthorized": error(
      "Nobody, or nobody with these credentials.", ["WWW-Authenticate": "Authenticate"]),
    "Forbidden": error("The user's role does not permit it."),
    "NotFound": error("There is no such record, or no such path."),
    "MethodNotAllowed": error("The path is for other methods.", ["Allow": "Allow"]),
    "TooManyRequests": error(
      "Too many requests.",
      [
        "Retry-After": "RetryAfter", "X-RateLimit-Limit": "RateLimit",
        "X-RateLimit-Remaining": "RateRemaining", "X-RateLimit-Reset": "RateReset",
      ]),
    "OtherError": error("Any other error."),
  ]

  static let headers: JSONObject = [
    "Authenticate": header("The challenge.", .text), "Allow": header("The methods.", .text),
    "RetryAfter": header("The seconds to wait.", .integer),
    "RateLimit": header("The size of the limit.", .integer),
    "RateRemaining": header("What of the limit is left.", .integer),
    "RateReset": header("The Unix time at which all of it is there again.", .integer),
    "RequestID": header("The name of the request in logs.", .text),
  ]

  private static let headerReferences: JSONObject = [
    "X-Request-Id": ["$ref": "#/components/headers/RequestID"]
  ]

  private static func header(_ description: String, _ schema: Schema) -> JSONValue {
    ["description": .string(description), "schema": .object(schema.json)]
  }

  private static func error(_ description: String, _ headers: [String: String] = [:]) -> JSONValue {
    let references = headers.sorted { $0.key < $1.key }.map { name, component in
      (name, ["$ref": .string("#/components/headers/\(component)")] as JSONValue)
    }
    return [
      "description": .string(description),
      "headers": .object(headerReferences.with(JSONObject(references))),
      "content": [
        "application/json": ["schema": .object(Schema.named("Errors").json)]
      ],
    ]
  }
}
