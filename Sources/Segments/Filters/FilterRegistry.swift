/// The special filter fields. Each module adds its own when the process is composed; any other name is
/// an unknown field.
package struct FilterRegistry: Sendable {
  private var fields: [String: FilterField] = [:]
  private var families: [(prefix: String, make: @Sendable (Int64) -> FilterField)] = []

  /// Creates an empty registry.
  package init() {}

  /// The fields of contacts and their related records.
  package static var contacts: FilterRegistry {
    var registry = FilterRegistry()
    registry.add(ContactFilterFields.all)
    return registry
  }

  /// Adds fields, replacing those of the same name and object.
  package mutating func add(_ added: [FilterField]) {
    for field in added { fields[Self.key(field.name, field.object)] = field }
  }

  /// Adds a family of fields, named by a prefix and a number such as `group_points_7`.
  package mutating func add(
    prefix: String, _ make: @escaping @Sendable (_ number: Int64) -> FilterField
  ) {
    families.append((prefix, make))
  }

  /// Returns the special field with a name.
  package func field(_ name: String, _ object: FilterObject) -> FilterField? {
    if let field = fields[Self.key(name, object)] { return field }
    for family in families where name.hasPrefix(family.prefix) {
      guard let number = Int64(name.dropFirst(family.prefix.count)), number > 0 else { continue }
      let field = family.make(number)
      if Self.key(field.name, field.object) == Self.key(name, object) { return field }
    }
    return nil
  }

  /// All fields except families, by name.
  package var all: [FilterField] { fields.values.sorted { $0.name < $1.name } }

  private static func key(_ name: String, _ object: FilterObject) -> String {
    switch object {
    // Behaviors may be found under `lead` (SEG-03), and the other way round.
    case .contact, .behaviors: name
    case .company, .groups: "\(object.rawValue).\(name)"
    }
  }
}
