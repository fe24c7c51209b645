/// A JSON value whose objects keep the order of their members.
///
/// Clients iterate over lists that are objects keyed by id, so the order written must be the
/// order of the result. The same type carries what a request brings, whether it came as JSON, as a
/// form or as a query string, so a handler need not know which.
package enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// The member of an object; nil for other values and unknown members.
  package subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { return object[key] }
    return nil
  }

  /// True for an empty object and an empty array, which PHP writes and reads alike.
  package var isEmptyContainer: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let object): object.isEmpty
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral, ExpressibleByFloatLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(elements))
  }
}

extension JSONValue {
  /// A string, or null for nil.
  package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

  /// A number, or null for nil.
  package init(_ number: Int?) { self = number.map(JSONValue.int) ?? .null }

  /// A number, or null for nil.
  package init(_ number: Int64?) { self = number.map { .int(Int($0)) } ?? .null }

  /// The id of a user, or null for nil and for what a client of OAuth made by itself.
  init(user id: Int64?) { self = id.flatMap { $0 > 0 ? .int(Int($0)) : nil } ?? .null }

  /// A boolean, or null for nil.
  package init(_ bool: Bool?) { self = bool.map(JSONValue.bool) ?? .null }
}
