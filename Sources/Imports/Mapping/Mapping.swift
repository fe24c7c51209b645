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
