package import Fields

/// What kind of values a filter compares, which says what operators it offers (segments.md 4.6) and how
/// its value is read.
package enum FilterKind: Sendable, Equatable {
  case text
  /// One value of a list to choose from.
  case choice
  /// A list of such values in one column.
  case options
  /// True or false.
  case boolean
  case number
  /// A calendar day, in a column of days or of instants (SEG-42).
  case date
  case datetime
  /// The number of one record, such as an owner or a stage.
  case record
  /// Numbers of related records, such as tags.
  case records
  /// Texts of related records to choose from, such as the types of devices.
  case names

  /// The operators that this kind offers.
  package var operators: Set<FilterOperator> {
    switch self {
    case .text: Self.equality.union(Self.presence).union(Self.patterns).union(Self.lists)
    case .choice:
      Self.equality.union(Self.presence).union(Self.lists).union([.regexp, .notRegexp])
    case .options, .records, .names:
      Self.presence.union(Self.lists).union([.allOf, .notAllOf])
    case .boolean: Self.equality
    case .number, .date, .datetime:
      Self.equality.union(Self.presence).union(Self.order).union(Self.patterns)
        .union([.between, .notBetween])
    case .record: Self.equality.union(Self.presence)
    }
  }

  package static let equality: Set<FilterOperator> = [.equal, .notEqual]
  package static let presence: Set<FilterOperator> = [.empty, .notEmpty]
  /// `gt`, `gte`, `lt` and `lte`.
  package static let order: Set<FilterOperator> = [
    .greater, .greaterOrEqual, .less, .lessOrEqual,
  ]
  package static let lists: Set<FilterOperator> = [.oneOf, .notOneOf]
  /// The operators on characters.
  package static let patterns: Set<FilterOperator> = [
    .like, .notLike, .regexp, .notRegexp, .startsWith, .endsWith, .contains,
  ]

  /// The kind of a field's values; `nil` for times of day, which no filter can use (SEG-38).
  package init?(_ type: FieldType) {
    switch type {
    case .text, .email, .url, .tel, .lookup, .textarea, .html: self = .text
    case .select, .country, .region, .locale, .timezone: self = .choice
    case .multiselect: self = .options
    case .boolean: self = .boolean
    case .number: self = .number
    case .date: self = .date
    case .datetime: self = .datetime
    case .time: return nil
    }
  }
}

/// How a value is stored, which decides how it is compared whatever the filter's type says (SEG-33).
package enum ValueStorage: Sendable, Equatable {
  case text, double, integer, numeric, boolean, date, instant, texts, record

  /// The storage of a column of an SQL type; `nil` for one that no filter can use.
  package init?(columnType: String) {
    switch columnType {
    case "text": self = .text
    case "double precision": self = .double
    case "integer": self = .integer
    case "numeric": self = .numeric
    case "boolean": self = .boolean
    case "date": self = .date
    case "timestamptz": self = .instant
    case "text[]": self = .texts
    case "bigint": self = .record
    default: return nil
    }
  }
}
