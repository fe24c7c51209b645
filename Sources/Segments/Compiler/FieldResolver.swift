import Fields
import Postgres

/// Finds what a filter's field is: a special one of the registry, or a field of contacts or companies.
struct FieldResolver {
  let registry: FilterRegistry
  let fields: FieldSet

  /// The subject of a filter; `nil` if there is no such field, or none that filters can use.
  ///
  /// A field that is not offered any more is found as long as its column exists (SEG-38).
  func subject(_ filter: SegmentFilter) -> FilterSubject? {
    if let special = registry.field(filter.field, filter.object) {
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
      source: .value(column, storage, isNeverNull: false))
  }

  /// Whether new filters may use the field (SEG-38).
  func isOffered(_ filter: SegmentFilter) -> Bool {
    if registry.field(filter.field, filter.object) != nil { return true }
    guard let field = field(filter) else { return false }
    return field.isPublished && field.isListable && FilterKind(field.type) != nil
  }

  private func field(_ filter: SegmentFilter) -> Field? {
    guard let field = fields[filter.field] else { return nil }
    switch (filter.object, field.object) {
    case (.contact, .contact), (.company, .company): return field
    default: return nil
    }
  }
}
