import Primitives

extension JSONValue: ExpressibleByStringLiteral,
  ExpressibleByUnicodeScalarLiteral,
  ExpressibleByExtendedGraphemeClusterLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// From a literal.
  init(stringLiteral value: String) { self = .string(value) }
  /// From a literal.
  init(unicodeScalarLiteral value: String) { self = .string(value) }
  /// From a literal.
  init(extendedGraphemeClusterLiteral value: String) { self = .string(value) }
  /// From a literal.
  init(integerLiteral value: Int64) { self = .integer(value) }
  /// From a literal.
  init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// From a literal.
  init(nilLiteral: ()) { self = .null }
  /// From a literal.
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// From a literal.
  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
