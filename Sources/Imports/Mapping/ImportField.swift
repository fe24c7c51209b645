import CSV
import Primitives

/// A target that a column can be mapped to (IMP-10), as listed by `GET /imports/fields`.
package struct ImportField: Sendable, Hashable, Codable {
  /// The kinds of targets.
  package enum Kind: String, Sendable, Codable {
    /// A field of the imported object, or its id.
    case field
    /// A field of the contact's company.
    case companyField
    /// A special attribute.
    case special
  }

  /// The name used in mappings.
  package let alias: String
  /// The display name.
  package let label: String
  /// The field's type; `special` for attributes.
  package let type: String
  /// The kind of target.
  package let kind: Kind
  /// Whether it identifies a record.
  package let isUniqueIdentifier: Bool
  /// Whether every import must map it (IMP-12).
  package let isRequired: Bool

  var target: ImportTarget {
    switch kind {
    case .companyField: .companyField(alias)
    case .field: alias == "id" ? .id : .field(alias)
    case .special: SpecialAttribute(rawValue: alias).map { .special($0) } ?? .field(alias)
    }
  }
}

/// All targets that the columns of an import of one object can be mapped to.
package struct ImportFieldCatalog: Sendable, Hashable {
  /// The object type of the rows.
  package let object: ImportObject
  /// The targets, fields first.
  package let fields: [ImportField]
  private let byName: [String: Int]

  init(object: ImportObject, fields: [ImportField]) {
    self.object = object
    let special = SpecialAttribute.allCases
      .filter { object == .contact || SpecialAttribute.ofCompanies.contains($0) }
      .map {
        ImportField(
          alias: $0.rawValue, label: $0.label, type: "special", kind: .special,
          isUniqueIdentifier: false, isRequired: false)
      }
    let id = ImportField(
      alias: "id", label: "Id", type: "special", kind: .field, isUniqueIdentifier: true,
      isRequired: false)
    // `points` is a field as well, but is handled as the special attribute of that name.
    let names = Set(special.map(\.alias))
    self.fields =
      (object == .contact ? [id] : []) + fields.filter { !names.contains($0.alias) } + special
    byName = Dictionary(
      self.fields.enumerated().map { ($1.alias.lowercased(), $0) }, uniquingKeysWith: { a, _ in a })
  }

  /// Returns the target with a name: an alias or special attribute. What is written exactly so comes before what
  /// differs in case.
  package func field(named name: String) -> ImportField? {
    let name = name.trimmingBlanks()
    if let field = fields.first(where: { $0.alias == name }) { return field }
    let key = name.lowercased()
    if let index = byName[key] { return fields[index] }
    if object == .contact, key == "lastactive" { return byName["last_active"].map { fields[$0] } }
    return SpecialAttribute.synonyms[key].flatMap { byName[$0.rawValue.lowercased()] }
      .map { fields[$0] }
  }

  /// Returns the target that a column of this name most likely means (IMP-07): an alias, a label or
  /// a special attribute with the same comparable name.
  func guess(_ column: String) -> ImportField? {
    let name = CSVHeader.comparableName(column)
    guard !name.isEmpty else { return nil }
    if let field = fields.first(where: { $0.alias == column }) { return field }
    let squeezed = name.filter { $0 != "_" }
    if let field = fields.first(where: { $0.alias.lowercased() == name }) { return field }
    if let field = fields.first(where: { CSVHeader.comparableName($0.label) == name }) {
      return field
    }
    // Attribute names are one word (`dateAdded`), headers rarely are.
    if let field = fields.first(where: {
      $0.kind == .special && $0.alias.lowercased() == squeezed
    }) {
      return field
    }
    return field(named: squeezed).flatMap { $0.kind == .special ? $0 : nil }
  }

  /// Returns the field that a column of this name holds in files of other programs.
  func usual(_ column: String) -> ImportField? {
    if object == .contact, UsualNames.tellsOfOptOut(column) {
      return fields.first { $0.target == .special(.doNotEmail) }
    }
    let alias =
      object == .contact ? UsualNames.alias(of: column) : UsualNames.companyAlias(of: column)
    return alias.flatMap { byName[$0] }.map { fields[$0] }.flatMap { $0.kind == .field ? $0 : nil }
  }

  /// Whether the columns are those of a whole export of this system: `id`, every field of contacts by its alias, and
  /// beside them nothing but attributes.
  func isOwnExport(_ columns: [String]) -> Bool {
    let own = fields.filter { $0.kind == .field }.map(\.alias)
    let known = Set(own + ExportedAttributes.names)
    let names = Set(columns)
    return columns.first == "id" && own.allSatisfy(names.contains) && names.isSubset(of: known)
  }
}

/// The columns of an export that are no fields (EXP-09).
private enum ExportedAttributes {
  static let names = SpecialAttribute.allCases.map(\.rawValue) + ["segments", "companies"]
}
