import Fields
import Postgres

/// Resolves a filter's field: a special field of the registry, or one of contacts or companies.
struct FieldResolver {
  let registry: FilterRegistry
  let fields: FieldSet

  /// Returns the subject of a filter; `nil` if the field does not exist or filters cannot use it.
  ///
  /// A field that is no longer offered is found as long as its column exists (SEG-38).
  func subject(_ filter: SegmentFilter) -> FilterSubject? {
    if let special = registry.field(of: filter) {
      return FilterSubject(
        object: filter.object, kind: special.kind, operators: special.operators,
        topics: special.topics, source: special.source, acceptsInstants: special.acceptsInstants)
    }
    guard let field = field(filter), let kind = FilterKind(field.type),
      let storage = ValueStorage(columnType: field.columnType)
    else { return nil }
    let isContact = field.object == .contact
    let column: SQL =
      isContact ? "c.\(identifier: field.column)" : "k.\(identifier: field.column)"
    return FilterSubject(
      object: filter.object, kind: kind, operators: kind.operators,
      topics: isContact ? [.column(field.alias)] : [.company],
      source: .value(column, storage, isNeverNull: false),
      values: field.type == .country ? .countries : nil)
  }

  /// Whether new filters may use the field (SEG-38).
  func isOffered(_ filter: SegmentFilter) -> Bool {
    if registry.field(filter.field, filter.object) != nil { return true }
    return field(filter).map(Self.isOffered) ?? false
  }

  /// Whether new filters may use a field of contacts or companies.
  static func isOffered(_ field: Field) -> Bool {
    field.isPublished && field.isListable && FilterKind(field.type) != nil
  }

  private func field(_ filter: SegmentFilter) -> Field? {
    guard let field = fields[filter.field] else { return nil }
    switch (filter.object, field.object) {
    case (.contact, .contact), (.company, .company): return field
    default: return nil
    }
  }
}
