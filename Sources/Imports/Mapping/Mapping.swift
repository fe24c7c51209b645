import CSV
import Primitives

/// The mapping of the columns of a file to targets.
package struct Mapping: Sendable, Hashable {
  package struct Column: Sendable, Hashable {
    /// The position in the file, from 0.
    package let index: Int
    package let name: String
    /// The target.
    package let target: ImportTarget
  }

  /// The mapped columns in file order.
  package let columns: [Column]
  /// The number of columns in the file.
  package let width: Int

  /// The mapping in requests and responses, column → target.
  package var fields: [String: String] {
    Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.target.name) })
  }

  /// What is not mapped although its name suggests a target, one sentence each.
  package var remarks: [String] = []

  /// Returns the mapping suggested by the column names (IMP-07). Names that are Martlet's own come before those that
  /// are only usual elsewhere; each target goes to the first column that suggests it. Company fields are never
  /// guessed for contacts by other names than their own: a column `country` means the contact's.
  ///
  /// A column `id` is guessed only in a whole export of this system: elsewhere it holds the ids of another program,
  /// which would select other people here.
  package static func guess(headers: [String], catalog: ImportFieldCatalog) -> Mapping {
    let names = ImportColumns(headers: headers).names
    var remarks: [String] = []
    var taken: Set<ImportTarget> = []
    var targets = [ImportTarget?](repeating: nil, count: names.count)
    func take(_ target: ImportTarget, _ index: Int) {
      if taken.insert(target).inserted { targets[index] = target }
    }
    let isOwnExport = catalog.isOwnExport(names)
    for (index, name) in names.enumerated() where !name.isEmpty {
      guard let field = catalog.guess(name) else { continue }
      if field.target == .id, !isOwnExport {
        remarks.append(
          "the column \"\(name)\" is left out, because it may hold the ids of another program; map it to id "
            + "where it holds the ids of contacts here")
        continue
      }
      take(field.target, index)
    }
    for (index, name) in names.enumerated() where !name.isEmpty && targets[index] == nil {
      guard catalog.guess(name) == nil, let field = catalog.usual(name) else { continue }
      take(field.target, index)
    }
    // In German and French files a name beside a first name is the last name.
    if taken.contains(.field("firstname")), !taken.contains(.field("lastname")),
      let index = names.firstIndex(where: { CSVHeader.comparableName($0) == "name" }),
      targets[index] == nil, catalog.object == .contact,
      let field = catalog.field(named: "lastname")
    {
      take(field.target, index)
    }
    let columns = targets.enumerated().compactMap { index, target in
      target.map { Column(index: index, name: names[index], target: $0) }
    }
    return Mapping(columns: columns, width: headers.count, remarks: remarks)
  }

  /// Returns the requested mapping after checking it (IMP-08, 10…13).
  ///
  /// - Parameter requireStart: Whether to check also what is required to start; a draft may still
  ///   lack columns.
  /// - Throws: ``ImportError`` with code `mapping` that lists every fault.
  package static func resolve(
    _ fields: [String: String], headers: [String], catalog: ImportFieldCatalog,
    allowDuplicates: Bool, requireStart: Bool = true
  ) throws(ImportError) -> Mapping {
    let file = ImportColumns(headers: headers)
    var problems: [ImportError.Problem] = []
    func problem(_ column: String, _ value: String, _ rule: String) {
      problems.append(.init(field: "fields.\(column)", value: value, rule: rule))
    }
    var columns: [Column] = []
    var byTarget: [ImportTarget: String] = [:]
    var byIndex: [Int: String] = [:]
    for (column, name) in fields.sorted(by: { $0.key < $1.key }) {
      // A column mapped to a blank name is not imported (IMP-48).
      guard !name.trimmingBlanks().isEmpty else { continue }
      guard let index = file.index(of: column) else {
        problem(column, column, "is not a column of the file")
        continue
      }
      guard let field = catalog.field(named: name) else {
        problem(column, name, "is not a field that can be imported")
        continue
      }
      if let other = byTarget.updateValue(column, forKey: field.target) {
        problem(column, name, "is the target of column \"\(other)\" as well")
        continue
      }
      if let other = byIndex.updateValue(column, forKey: index) {
        problem(column, name, "maps the same column as \"\(other)\"")
        continue
      }
      columns.append(Column(index: index, name: file.names[index], target: field.target))
    }
    if let error = ImportError.all(problems, code: .mapping) { throw error }
    columns.sort { $0.index < $1.index }
    let mapping = Mapping(columns: columns, width: headers.count)
    if requireStart { try mapping.checkStart(catalog, allowDuplicates: allowDuplicates) }
    return mapping
  }

  /// Returns whether a mapped column can show that two rows mean the same record.
  package func identifies(in catalog: ImportFieldCatalog) -> Bool {
    columns.contains { column in
      switch column.target {
      case .id: true
      case .field(let alias): catalog.field(named: alias)?.isUniqueIdentifier ?? false
      case .companyField, .special: false
      }
    }
  }

  private func checkStart(
    _ catalog: ImportFieldCatalog, allowDuplicates: Bool
  ) throws(ImportError) {
    guard !columns.isEmpty else {
      throw ImportError(
        .mapping, "match at least one field",
        problems: [.init(field: "fields", value: "", rule: "match at least one field")])
    }
    let mapped = Set(columns.map(\.target))
    let hasCompany = mapped.contains { if case .companyField = $0 { true } else { false } }
    let missing = catalog.fields.filter {
      $0.isRequired && !mapped.contains($0.target) && ($0.kind != .companyField || hasCompany)
    }
    guard missing.isEmpty else {
      throw ImportError(
        .mapping,
        "required fields are not mapped: "
          + missing.map { "\($0.label) (\($0.alias))" }.joined(separator: ", "),
        problems: missing.map {
          .init(field: "fields", value: $0.alias, rule: "is required and has to be mapped")
        })
    }
    guard allowDuplicates || identifies(in: catalog) else {
      throw ImportError(
        .mapping,
        "no unique identifier is mapped, so every row would make a new record; map one, or say allowDuplicates",
        problems: [
          .init(
            field: "allowDuplicates", value: "false",
            rule: "must be true when no unique identifier is mapped")
        ])
    }
  }
}
