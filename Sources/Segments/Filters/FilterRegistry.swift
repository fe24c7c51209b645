package import Postgres
package import Primitives

/// The special filter fields. Each module adds its own when the process is composed; any other name is
/// an unknown field.
package struct FilterRegistry: Sendable {
  private var fields: [String: FilterField] = [:]
  private var families: [Family] = []
  private var refined: [String: @Sendable (JSONValue) throws(FilterProblem) -> FilterField] = [:]

  /// Fields named by a prefix and a number.
  private struct Family: Sendable {
    var prefix: String
    var make: @Sendable (Int64) -> FilterField
    var names: @Sendable (PostgresConnection) async throws -> [Int64: String]
  }

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
  ///
  /// - Parameters:
  ///   - prefix: The beginning of the names.
  ///   - make: Returns the field with a number.
  ///   - names: Reads the numbers that there are, with the names for people.
  package mutating func add(
    prefix: String, _ make: @escaping @Sendable (_ number: Int64) -> FilterField,
    names: @escaping @Sendable (PostgresConnection) async throws -> [Int64: String] = { _ in [:] }
  ) {
    families.append(Family(prefix: prefix, make: make, names: names))
  }

  /// Adds a field that further members of a filter's `properties` refine.
  ///
  /// - Parameter make: Returns the field for the properties, or throws the problem of one of them.
  package mutating func add(
    refining field: FilterField,
    _ make: @escaping @Sendable (_ properties: JSONValue) throws(FilterProblem) -> FilterField
  ) {
    add([field])
    refined[Self.key(field.name, field.object)] = make
  }

  /// Returns the special field of a filter; nil for a field that is none, or whose properties are at fault.
  func field(of filter: SegmentFilter) -> FilterField? {
    guard let make = refined[Self.key(filter.field, filter.object)] else {
      return field(filter.field, filter.object)
    }
    let made = Result { () throws(FilterProblem) in
      try make(filter.json["properties"] ?? .null)
    }
    if case .success(let field) = made { return field }
    return nil
  }

  /// Returns the problem of the properties of a filter, if there is one.
  func problem(of filter: SegmentFilter, at index: Int) -> FilterProblem? {
    guard let make = refined[Self.key(filter.field, filter.object)] else { return nil }
    do throws(FilterProblem) {
      _ = try make(filter.json["properties"] ?? .null)
      return nil
    } catch {
      return FilterProblem(error.message, index: index, member: error.member)
    }
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

  /// Returns the fields of all families, by number.
  func familyFields(on connection: PostgresConnection) async throws -> [FilterField] {
    var found: [FilterField] = []
    for family in families {
      for (number, name) in try await family.names(connection).sorted(by: { $0.key < $1.key }) {
        var field = family.make(number)
        field.label = name
        found.append(field)
      }
    }
    return found
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
