package import Fields

/// A field as new filters may use it.
package struct OfferedFilter: Sendable, Equatable {
  /// The heading that it stands under.
  package var section: FilterSection
  /// The object that a filter names.
  package var object: FilterObject
  /// The name that a filter names.
  package var field: String
  /// The type that a filter names.
  package var type: String
  /// The name for people.
  package var label: String
  /// The kind of its values.
  package var kind: FilterKind
  /// The operators that it takes.
  package var operators: [FilterOperator]
  /// The values to choose from, or to suggest; empty if there is no list, or a lookup has them.
  package var choices: [FieldOption] = []
  /// The further members of `properties` that it takes.
  package var refinements: [FilterRefinement] = []

  /// Creates what people see of a special field.
  init(_ field: FilterField) {
    section = field.section
    object = field.object
    self.field = field.name
    kind = field.kind
    type = field.lookup?.rawValue ?? field.kind.typeName
    label = field.label
    operators = Self.sorted(field.operators)
    refinements = field.refinements
  }

  /// Creates what people see of a field of contacts or companies; `nil` if new filters cannot use it (SEG-38).
  init?(_ field: Field) {
    guard FieldResolver.isOffered(field), let kind = FilterKind(field.type) else { return nil }
    section = field.object == .contact ? .contact : .company
    object = field.object == .contact ? .contact : .company
    self.field = field.alias
    self.kind = kind
    type = field.type.rawValue
    label = field.label
    operators = Self.sorted(kind.operators)
    choices = kind == .boolean ? [] : field.options
  }

  private static func sorted(_ operators: Set<FilterOperator>) -> [FilterOperator] {
    FilterOperator.allCases.filter(operators.contains)
  }
}

extension FilterKind {
  /// The type that a filter of this kind names where no lookup says more.
  fileprivate var typeName: String {
    switch self {
    case .text, .names, .record, .records: FieldType.text.rawValue
    case .choice: FieldType.select.rawValue
    case .options: FieldType.multiselect.rawValue
    case .boolean: FieldType.boolean.rawValue
    case .number: FieldType.number.rawValue
    case .date: FieldType.date.rawValue
    case .datetime: FieldType.datetime.rawValue
    }
  }
}
