package import Primitives

/// The combination of a filter with the one before it (SEG-10).
package enum FilterGlue: String, Sendable, Codable {
  /// Continues the group: all filters of a group must hold.
  case and
  /// Starts a new group: one group must hold.
  case or
}

/// The object that a filter tests.
package enum FilterObject: String, Sendable, Codable, CaseIterable {
  /// The contact; `lead` in the wire format.
  case contact = "lead"
  /// The contact's primary company (SEG-45).
  case company
  /// The contact's behavior (SEG-03: found under `lead` as well).
  case behaviors
  /// Scores in point groups.
  case groups
}

/// One condition of a segment (segments.md 3), read from JSON but not yet checked against the existing
/// fields.
package struct SegmentFilter: Sendable, Equatable {
  /// The combination with the previous filter; always ``FilterGlue/and`` for the first one.
  package let glue: FilterGlue
  /// The object that it tests.
  package let object: FilterObject
  /// The alias of a field, or a name from a ``FilterRegistry``.
  package let field: String
  /// The type as it was sent. It only describes (SEG-39), except on instants (SEG-42).
  package let type: String
  /// The comparison; `=` with a list is ``FilterOperator/oneOf`` here (SEG-04).
  package let comparison: FilterOperator
  /// The value to compare with (SEG-02); `null` if none was sent.
  package let value: JSONValue
  /// The canonical form: the members that were sent, with `filter` and `display` inside `properties`.
  package let json: JSONValue

  /// Returns the wire form (api.md 8.3): once a segment's filters were edited, each has copies of
  /// `filter` and `display` beside `properties`.
  package func wire(edited: Bool) -> JSONValue {
    guard edited, case .object(var members) = json else { return json }
    let properties = members["properties"]
    members["filter"] = properties?["filter"] ?? .null
    members["display"] = properties?["display"] ?? .null
    return .object(members)
  }
}
