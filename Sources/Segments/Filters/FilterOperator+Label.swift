extension FilterOperator {
  /// Returns the words that stand between a field and the value.
  ///
  /// - Parameter kind: The kind of the field: dates lie before and after, numbers are less and greater.
  package func label(for kind: FilterKind) -> String {
    switch kind {
    case .date, .datetime: return dateLabel
    case .number: return numberLabel
    // `in` asks for all of them here, for any elsewhere (SEG-36).
    case .options: return self == .oneOf ? "has all of" : manyLabel
    case .records, .names: return manyLabel
    case .text, .choice, .boolean, .record: return textLabel
    }
  }

  private var textLabel: String {
    switch self {
    case .equal: "is"
    case .notEqual: "is not"
    case .greater: "comes after"
    case .greaterOrEqual: "is or comes after"
    case .less: "comes before"
    case .lessOrEqual: "is or comes before"
    case .empty: "has no value"
    case .notEmpty: "has a value"
    case .like: "is like"
    case .notLike: "is not like"
    case .regexp: "matches regex"
    case .notRegexp: "does not match regex"
    case .startsWith: "starts with"
    case .endsWith: "ends with"
    case .contains: "contains"
    case .oneOf: "is one of"
    case .notOneOf: "is none of"
    case .allOf: "has all of"
    case .notAllOf: "has not all of"
    case .between: "is between"
    case .notBetween: "is not between"
    }
  }

  private var manyLabel: String {
    switch self {
    case .empty: "has none at all"
    case .notEmpty: "has any at all"
    case .oneOf: "has any of"
    case .notOneOf: "has none of"
    default: textLabel
    }
  }

  private var numberLabel: String {
    switch self {
    case .greater: "is greater than"
    case .greaterOrEqual: "is at least"
    case .less: "is less than"
    case .lessOrEqual: "is at most"
    default: textLabel
    }
  }

  private var dateLabel: String {
    switch self {
    case .equal: "is on"
    case .notEqual: "is not on"
    case .greater: "is after"
    case .greaterOrEqual: "is on or after"
    case .less: "is before"
    case .lessOrEqual: "is on or before"
    default: textLabel
    }
  }
}
