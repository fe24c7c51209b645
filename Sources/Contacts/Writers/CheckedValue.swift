import Fields

/// A value in its two forms: typed, and as PostgreSQL takes it.
struct CheckedValue: Sendable, Equatable {
  var value: FieldValue
  var canonical: String
}
