package import Fields

/// The kind of values that a filter compares. It determines the operators (segments.md 4.6) and how
/// the value is read. The raw values are those of the wire.
package enum FilterKind: String, Sendable {
  case text
  /// One value of a list of choices.
  case choice
  /// Several values of a list of choices, in one column.
  case options
  /// True or false.
  case boolean
  case number
  /// A calendar day, in a column of days or of instants (SEG-42).
  case date
  case datetime
  /// The id of one record, such as an owner or a stage.
  case record
  /// Ids of related records, such as tags.
  case records
  /// Texts of related records from a list of choices, such as types of devices.
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
  /// The ordering operators: `gt`, `gte`, `lt` and `lte`.
  package static let order: Set<FilterOperator> = [
    .greater, .greaterOrEqual, .less, .lessOrEqual,
  ]
  package static let lists: Set<FilterOperator> = [.oneOf, .notOneOf]
  /// The operators on characters.
  package static let patterns: Set<FilterOperator> = [
    .like, .notLike, .regexp, .notRegexp, .startsWith, .endsWith, .contains,
  ]

  /// Creates the kind of a field's values; `nil` for times of day, which filters cannot use (SEG-38).
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

/// The storage of a value, which determines its comparison whatever the filter's type is (SEG-33).
package enum ValueStorage: Sendable, Equatable {
  case text, double, integer, numeric, boolean, date, instant, texts, record

  /// Creates the storage of an SQL column type; `nil` for one that filters cannot use.
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
