package import Primitives

/// How a filter is joined to the one before it (SEG-10).
package enum FilterGlue: String, Sendable, Codable {
  /// It belongs to the same group: both must hold.
  case and
  /// It opens a new group: one group must hold.
  case or
}

/// What a filter looks at.
package enum FilterObject: String, Sendable, Codable, CaseIterable {
  /// The contact; the word of the wire format is `lead`.
  case contact = "lead"
  /// The contact's primary company (SEG-45).
  case company
  /// What the contact did (SEG-03: found under `lead` as well).
  case behaviors
  /// Scores in point groups.
  case groups
}

/// One condition of a segment (segments.md 3), read from JSON but not yet compared with the fields there
/// are.
package struct SegmentFilter: Sendable, Equatable {
  /// How it is joined to the filter before; of the first one always ``FilterGlue/and``.
  package let glue: FilterGlue
  /// What it looks at.
  package let object: FilterObject
  /// The alias of a field, or one of the names that a ``FilterRegistry`` has.
  package let field: String
  /// The type as it was sent. It only describes (SEG-39), except on instants (SEG-42).
  package let type: String
  /// How it compares; `=` with a list is ``FilterOperator/oneOf`` here (SEG-04).
  package let comparison: FilterOperator
  /// What it compares with (SEG-02); `null` where nothing was sent.
  package let value: JSONValue
  /// The canonical form: the members that were sent, with `filter` and `display` inside of `properties`.
  package let json: JSONValue

  /// The form that the wire shows (api.md 8.3): once a segment's filters were edited, each has copies of
  /// `filter` and `display` beside `properties`.
  package func wire(edited: Bool) -> JSONValue {
    guard edited, case .object(var members) = json else { return json }
    let properties = members["properties"]
    members["filter"] = properties?["filter"] ?? .null
    members["display"] = properties?["display"] ?? .null
    return .object(members)
  }
}
