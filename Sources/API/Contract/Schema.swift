/// What a JSON value looks like, in the terms of JSON Schema (2020-12). Only what ``SchemaNotation`` and the functions here
/// make is used: `type`, `properties`, `required`, `additionalProperties`, `items`, `maxItems`, `minimum`, `maximum`,
/// `pattern`, `anyOf`, `enum` and `$ref`.
struct Schema: Sendable, Equatable {
  var json: JSONObject

  /// Any value.
  static let any = Schema(json: [:])
  static let text = type("string")
  static let integer = type("integer")
  static let number = type("number")
  static let truth = type("boolean")

  static func type(_ name: JSONValue, _ more: JSONObject = [:]) -> Schema {
    Schema(json: JSONObject([("type", name)]).with(more))
  }

  /// A schema of ``components``.
  static func named(_ name: String) -> Schema {
    Schema(json: ["$ref": .string("#/components/schemas/\(name)")])
  }

  static func list(of item: Schema) -> Schema { type("array", ["items": .object(item.json)]) }

  /// An object whose members all look alike, under any names.
  static func map(of value: Schema) -> Schema {
    type("object", ["additionalProperties": .object(value.json)])
  }

  /// What PHP writes for a map: an empty one is an empty list.
  static func phpMap(of value: Schema) -> Schema {
    .anyOf([.map(of: value), .type("array", ["maxItems": 0])])
  }

  static func anyOf(_ schemas: [Schema]) -> Schema {
    Schema(json: ["anyOf": .array(schemas.map { .object($0.json) })])
  }

  /// An object with exactly these members.
  static func object(_ members: [(name: String, schema: Schema)]) -> Schema {
    type(
      "object",
      [
        "properties": .object(JSONObject(members.map { ($0.name, .object($0.schema.json)) })),
        "required": .array(members.map { .string($0.name) }), "additionalProperties": false,
      ])
  }

  /// The same, or null.
  var orNull: Schema {
    switch json["type"] {
    case .string(let name)?: return with("type", [.string(name), "null"])
    case .array(let names)?: return with("type", .array(names + ["null"]))
    default: return json.isEmpty ? self : .anyOf([self, .type("null")])
    }
  }

  /// The schema with one more of its keywords.
  func with(_ keyword: String, _ value: JSONValue) -> Schema {
    var copy = self
    copy.json[keyword] = value
    return copy
  }
}

extension Schema: ExpressibleByStringLiteral {
  /// The schema of an object; see ``SchemaNotation``.
  init(stringLiteral notation: String) { self = SchemaNotation.answer(notation) }
}
