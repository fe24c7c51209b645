package import Contacts
package import Postgres

/// The source of a filter field's values. In all SQL here the contact's row is `c`; related rows
/// are `r`.
package enum FilterSource: Sendable {
  /// One value of the contact, such as `c.points`. `isNeverNull` says that it is always present.
  case value(SQL, ValueStorage, isNeverNull: Bool)
  /// Values of related rows (SEG-60 to SEG-62): the SQL after `FROM`, ending with the conditions
  /// after `WHERE` that join the rows to `c.id`, and the value of one row.
  case related(SQL, value: SQL, ValueStorage)
  /// One value that only some contacts have a row for: a missing one matches no comparison, not even
  /// a negative one.
  case optionalRow(SQL, value: SQL, ValueStorage)
  /// The number of related rows of the last days (SEG-69), today included; of all where no days are given. `count` makes
  /// it of further conditions, which begin with `AND`; `at` is the instant of a row.
  case recentCount(at: SQL, days: Int?, count: @Sendable (_ conditions: SQL) -> SQL)
  /// Whether related rows exist (SEG-65): the SQL after `FROM`.
  case existence(SQL)
  /// Membership of segments (segments.md 8).
  case membership
}

/// A special filter field: its name, operators and source (segments.md 6).
package struct FilterField: Sendable {
  package var name: String
  /// The object that a filter must name; `lead` and `behaviors` stand for each other (SEG-03).
  package var object: FilterObject
  /// The kind of its values.
  package var kind: FilterKind
  /// The operators it offers.
  package var operators: Set<FilterOperator>
  /// The contact changes that can change its values.
  package var topics: Set<ChangeTopic>
  /// The source of the values.
  package var source: FilterSource
  /// Whether a field of days compares instants if the filter's type is `datetime`.
  package var acceptsInstants = false
  /// The name for people.
  package var label: String
  /// The heading under which it is offered.
  package var section = FilterSection.record
  /// The records from which its values are chosen, if they are records or their texts.
  package var lookup: FilterLookup?
  /// The members of `properties` that refine it.
  package var refinements: [FilterRefinement] = []

  /// Creates a field; without `operators` it offers those of its kind.
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
    label = name
  }

  /// Returns the field as it is offered to people.
  ///
  /// - Parameters:
  ///   - label: Its name.
  ///   - section: The heading that it stands under.
  ///   - lookup: The records from which its values are chosen.
  package func titled(
    _ label: String, in section: FilterSection, from lookup: FilterLookup? = nil
  ) -> FilterField {
    var field = self
    field.label = label
    field.section = section
    field.lookup = lookup
    return field
  }
}
