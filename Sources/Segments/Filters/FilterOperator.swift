/// The comparison of a filter (segments.md 4.1). The raw values are those of the wire format.
package enum FilterOperator: String, Sendable, Codable, CaseIterable {
  case equal = "="
  case notEqual = "!="
  case greater = "gt"
  case greaterOrEqual = "gte"
  case less = "lt"
  case lessOrEqual = "lte"
  case empty
  case notEmpty = "!empty"
  case like
  case notLike = "!like"
  case regexp
  case notRegexp = "!regexp"
  case startsWith
  case endsWith
  case contains
  case oneOf = "in"
  case notOneOf = "!in"
  case allOf = "in_all"
  case notAllOf = "!in_all"
  case between
  case notBetween = "!between"

  /// Whether the filter's value is used at all.
  package var needsValue: Bool { self != .empty && self != .notEmpty }

  /// The positive form of this operator, and whether this one negates it (segments.md 4.2).
  var positive: (form: FilterOperator, isNegated: Bool) {
    switch self {
    case .notEqual: (.equal, true)
    case .notEmpty: (.empty, true)
    case .notLike: (.like, true)
    case .notRegexp: (.regexp, true)
    case .notOneOf: (.oneOf, true)
    case .notAllOf: (.allOf, true)
    case .notBetween: (.between, true)
    default: (self, false)
    }
  }

  /// Whether the value is a list.
  var takesList: Bool {
    switch positive.form {
    case .oneOf, .allOf: true
    default: false
    }
  }

  /// Whether the value is a pattern of characters, also on numbers and dates (SEG-35, SEG-44).
  var takesPattern: Bool {
    switch positive.form {
    case .like, .regexp, .startsWith, .endsWith, .contains: true
    default: false
    }
  }
}
