import Fields

/// A value in two forms: typed, and in PostgreSQL's format.
struct CheckedValue: Sendable, Equatable {
  var value: FieldValue
  var canonical: String
}
