import Primitives

/// Filters of segments as clients send them.
enum BenchFilter {
  /// A filter on a field of contacts.
  static func on(
    _ field: String, _ comparison: String, _ type: String, _ value: JSONValue?
  ) -> JSONValue {
    var properties: [String: JSONValue] = [:]
    properties["filter"] = value
    return .object([
      "object": .string("lead"), "field": .string(field), "type": .string(type),
      "operator": .string(comparison), "properties": .object(properties),
    ])
  }
}
