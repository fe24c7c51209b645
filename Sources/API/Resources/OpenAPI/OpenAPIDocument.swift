import Hummingbird

/// The contract as an OpenAPI 3.1 document, made of the routes that answer requests.
struct OpenAPIDocument {
  let routes: [Route]
  let version: String

  var json: JSONValue {
    [
      "openapi": "3.1.0",
      "info": [
        "title": "Martlet", "version": .string(version),
        "description": .string(
          "Contacts, segments, campaigns and e-mails over the REST dialect of Mautic. "
            + "Members and parameters that are not described are ignored."),
      ],
      "servers": [["url": "/"]],
      "security": .array(
        OpenAPISecurity.schemes.map { [$0: []] as JSONObject }.map(JSONValue.object)),
      "tags": .array(tags.map { ["name": .string($0)] }),
      "paths": .object(paths),
      "components": [
        "securitySchemes": .object(OpenAPISecurity.components),
        "schemas": .object(schemas),
        "responses": .object(OpenAPIResponses.components),
        "headers": .object(OpenAPIResponses.headers),
      ],
    ]
  }

  private var operations: [OpenAPIOperation] { OpenAPIOperation.all(of: routes) }

  private var tags: [String] {
    var seen: Set<String> = []
    return operations.map(\.tag).filter { seen.insert($0).inserted }
  }

  /// Those that all operations share, then each route's own.
  private var schemas: JSONObject {
    var seen: Set<String> = []
    let all = Schema.components + routes.flatMap(\.operation.schemas)
    return JSONObject(
      all.filter { seen.insert($0.name).inserted }.map { ($0.name, .object($0.schema.json)) })
  }

  /// The operations by their paths, in the order of the routes.
  private var paths: JSONObject {
    let operations = operations
    var paths: [(path: String, item: JSONObject)] = []
    var places: [String: Int] = [:]
    for operation in operations {
      let member = (operation.method, JSONValue.object(operation.json(among: operations)))
      if let place = places[operation.path] {
        paths[place].item[member.0] = member.1
      } else {
        places[operation.path] = paths.count
        paths.append((operation.path, JSONObject([member])))
      }
    }
    return JSONObject(paths.map { ($0.path, .object($0.item)) })
  }
}
