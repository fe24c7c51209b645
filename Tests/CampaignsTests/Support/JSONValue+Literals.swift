public import Contacts

extension JSONValue: ExpressibleByStringLiteral,
  ExpressibleByUnicodeScalarLiteral,
  ExpressibleByExtendedGraphemeClusterLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// From a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// From a literal.
  public init(unicodeScalarLiteral value: String) { self = .string(value) }
  /// From a literal.
  public init(extendedGraphemeClusterLiteral value: String) { self = .string(value) }
  /// From a literal.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// From a literal.
  public init(booleanLiteral value: Bool) { self = .boolean(value) }
  /// From a literal.
  public init(nilLiteral: ()) { self = .null }
  /// From a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// From a literal.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
