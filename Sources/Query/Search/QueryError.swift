/// An invalid search, condition or order of a request.
package struct QueryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The parameter at fault: `search`, `where`, `order` or `orderBy`.
  package let parameter: String
  /// The problem, naming the value and the rule.
  package let message: String

  package init(_ parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }

  /// Both together.
  package var description: String { "\(parameter): \(message)" }
}

/// The limits of one query (contacts.md 11.1 [P]). A larger one is refused, not cut.
package enum QueryLimits {
  /// The longest search, in bytes of UTF-8.
  package static let searchBytes = 16_384
  /// The most words, phrases and commands in a search.
  package static let searchTerms = 100
  /// The deepest parentheses of a search.
  package static let searchDepth = 32
  /// The most conditions in `where`, nested ones included.
  package static let conditions = 200
  /// The deepest nesting of `andX` and `orX`.
  package static let conditionDepth = 10
  /// The most values in one list of `in` or `ids`.
  package static let values = 10_000
  /// The most columns in an order.
  package static let orders = 16
}

extension String {
  /// The text as an error shows it: in quotes, the beginning of a long one.
  var inQuotes: String { count > 100 ? "\"\(prefix(100))…\"" : "\"\(self)\"" }

  /// Whether the database can hold the text.
  var isStorable: Bool { !utf8.contains(0) }
}
