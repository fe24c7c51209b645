package import Contacts
package import Postgres

/// Where the values of a filter's field come from. The contact's row is `c` in all SQL here; rows that
/// hang on it are `r`.
package enum FilterSource: Sendable {
  /// One value of the contact, such as `c.points`. `isNeverNull` says that there always is one.
  case value(SQL, ValueStorage, isNeverNull: Bool)
  /// Values of related rows (SEG-60 to SEG-62): what follows `FROM`, ending with the conditions after
  /// `WHERE` that tie the rows to `c.id`, and the value of one row.
  case related(SQL, value: SQL, ValueStorage)
  /// One value that only some contacts have a row for: what is missing matches no comparison, not even
  /// a negative one.
  case optionalRow(SQL, value: SQL, ValueStorage)
  /// Whether related rows exist (SEG-65): what follows `FROM`.
  case existence(SQL)
  /// Membership of segments (segments.md 8).
  case membership
}

/// A special filter field: what it is called, what it offers, what it reads (segments.md 6).
package struct FilterField: Sendable {
  package var name: String
  /// What a filter must name as its object; `lead` and `behaviors` stand for each other (SEG-03).
  package var object: FilterObject
  /// The kind of its values.
  package var kind: FilterKind
  /// The operators it offers.
  package var operators: Set<FilterOperator>
  /// What changes of a contact it sees.
  package var topics: Set<ChangeTopic>
  /// Where the values are.
  package var source: FilterSource
  /// Whether a field of days compares instants if the filter's type is `datetime`.
  package var acceptsInstants = false

  /// A field; without `operators` it offers those of its kind.
  package init(
    _ name: String, object: FilterObject = .contact, _ kind: FilterKind,
    operators: Set<FilterOperator>? = nil, topics: Set<ChangeTopic>, source: FilterSource
  ) {
    self.name = name
    self.object = object
    self.kind = kind
    self.operators = operators ?? kind.operators
    self.topics = topics
    self.source = source
  }
}
