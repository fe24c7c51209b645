package import Primitives

/// Compares JSON with the part of JSON Schema (2020-12) that the API's document uses.
package struct SchemaChecker: Sendable {
  /// The schemas that others name by `#/components/schemas/…`.
  private let components: [String: JSONValue]

  package init(components: [String: JSONValue]) { self.components = components }

  /// What is wrong with a value, each with the path of the part; nothing where it is as the schema says.
  ///
  /// - Parameter path: The name of the value.
  package func problems(_ value: JSONValue, _ schema: JSONValue, path: String = "$") -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): the schema is no object"] }
    return keywords.sorted { $0.key < $1.key }.flatMap { keyword, rule in
      problems(value, keyword, rule, keywords, path)
    }
  }

  private func problems(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: [String: JSONValue],
    _ path: String
  ) -> [String] {
    switch keyword {
    case "description", "format", "example": return []
    case "$ref": return referred(value, rule, path)
    case "type": return isOf(value, rule) ? [] : ["\(path): \(Self.shown(value)) is no \(rule)"]
    case "anyOf":
      let choices = Self.items(rule).map { problems(value, $0, path: path) }
      return choices.contains([]) ? [] : ["\(path): none of these: \(choices.joined())"]
    case "enum": return Self.items(rule).contains(value) ? [] : ["\(path): none of \(rule)"]
    case "required":
      guard case .object(let members) = value else { return [] }
      return Self.items(rule).compactMap(\.text).filter { members[$0] == nil }
        .map { "\(path): \($0) is missing" }
    case "properties", "additionalProperties":
      // Both are looked at together, once.
      return keyword == "properties" || schema["properties"] == nil
        ? members(value, schema, path) : []
    case "items":
      return Self.items(value).enumerated().flatMap { place, item in
        problems(item, rule, path: "\(path)[\(place)]")
      }
    case "maxItems":
      guard let most = rule.int, Self.items(value).count > most else { return [] }
      return ["\(path): more than \(most) items"]
    case "minimum", "maximum", "minLength", "maxLength", "pattern":
      return bound(value, keyword, rule, path)
    default: return ["\(path): the schema has the unknown keyword \(keyword)"]
    }
  }

  private func referred(_ value: JSONValue, _ reference: JSONValue, _ path: String) -> [String] {
    let name = reference.text?.split(separator: "/").last.map(String.init) ?? ""
    guard let schema = components[name] else { return ["\(path): there is no schema \(name)"] }
    return problems(value, schema, path: path)
  }

  private func members(
    _ value: JSONValue, _ schema: [String: JSONValue], _ path: String
  ) -> [String] {
    guard case .object(let members) = value else { return [] }
    let further = schema["additionalProperties"] ?? .boolean(true)
    return members.sorted { $0.key < $1.key }.flatMap { name, member -> [String] in
      if let known = schema["properties"]?[name] {
        return problems(member, known, path: "\(path).\(name)")
      }
      switch further {
      case .boolean(true): return []
      case .boolean: return ["\(path): the member \(name) is not described"]
      default: return problems(member, further, path: "\(path).\(name)")
      }
    }
  }

  private func bound(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ path: String
  ) -> [String] {
    let isRight: Bool =
      switch (keyword, value) {
      case ("minimum", .integer(let number)): Double(number) >= (rule.number ?? 0)
      case ("maximum", .integer(let number)): Double(number) <= (rule.number ?? 0)
      case ("minLength", .string(let text)): text.unicodeScalars.count >= rule.int ?? 0
      case ("maxLength", .string(let text)): text.unicodeScalars.count <= rule.int ?? 0
      // The one pattern of answers: digits.
      case ("pattern", .string(let text)):
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
      default: true
      }
    return isRight ? [] : ["\(path): \(Self.shown(value)) is not right by \(keyword) \(rule)"]
  }

  private func isOf(_ value: JSONValue, _ type: JSONValue) -> Bool {
    if case .array(let types) = type { return types.contains { isOf(value, $0) } }
    return switch (type.text, value) {
    case ("null", .null), ("boolean", .boolean), ("string", .string), ("array", .array),
      ("object", .object), ("integer", .integer), ("number", .integer), ("number", .number):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }

  private static func items(_ value: JSONValue) -> [JSONValue] {
    if case .array(let items) = value { return items }
    return []
  }

  private static func shown(_ value: JSONValue) -> String { String("\(value)".prefix(200)) }
}

extension JSONValue {
  fileprivate var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
