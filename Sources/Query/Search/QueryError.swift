/// An invalid search, condition or order of a request.
package struct QueryError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The parameter at fault: `search`, `where`, `order` or `orderBy`.
  package let parameter: String
  /// The problem, with the value and the rule.
  package let message: String

  package init(_ parameter: String, _ message: String) {
    self.parameter = parameter
    self.message = message
  }

  /// The parameter and the problem.
  package var description: String { "\(parameter): \(message)" }
}

/// The limits of one query (contacts.md 11.1 [P]). Larger queries are refused, not cut.
package enum QueryLimits {
  /// The maximum length of a search, in bytes of UTF-8.
  package static let searchBytes = 16_384
  /// The maximum number of words, phrases and commands in a search.
  package static let searchTerms = 100
  /// The maximum nesting of parentheses in a search.
  package static let searchDepth = 32
  /// The maximum number of conditions in `where`, including nested ones.
  package static let conditions = 200
  /// The maximum nesting of `andX` and `orX`.
  package static let conditionDepth = 10
  /// The maximum number of values in one list of `in` or `ids`.
  package static let values = 10_000
  /// The maximum number of columns in an order.
  package static let orders = 16
}

extension String {
  /// The text as shown in errors: quoted, and cut if long.
  var inQuotes: String { count > 100 ? "\"\(prefix(100))…\"" : "\"\(self)\"" }

  /// Whether the database can hold the text.
  var isStorable: Bool { !utf8.contains(0) }
}
