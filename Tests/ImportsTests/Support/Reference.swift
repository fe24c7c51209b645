import Fields
import Foundation

@testable import Imports

/// The specification as the simplest program that follows it: one row after another, each change
/// applied at once. Nothing here is fast, and nothing is shared with the importer but the parsing
/// of single values.
struct Reference {
  struct Contact {
    var id: Int64
    var values: [String: String] = [:]
    var dateAdded: Date
    var dateModified: Date?
    var dateIdentified: Date?
    var owner: Int64?
    var stage: String?
    var points = 0
    var tags: Set<String> = []
    var companies: [(name: String, date: Date)] = []
    var primary: String?
    var doNotEmail = 0
    var segments: Set<Int64> = []
    var shared = false
    var log: [String] = []
  }

  var contacts: [Contact] = []
  /// The companies, tags and stages by key, as first written, in order of creation.
  var companies: [String] = []
  var tags: [String] = []
  var stages: [String] = []
  var counts = (inserted: 0, updated: 0, ignored: 0)
  var failedRows: [Int] = []

  let contactFields: [Field]
  var anyIdentifier = false

  struct File {
    /// The fields of the columns by alias or special name; nil for a column that is not mapped.
    var targets: [String?]
    /// The rows; nil is a blank line.
    var rows: [[String]?]
    var defaults = ImportDefaults()
    var importID: Int64 = 0
    var baseID: Int64 = 0
    var started = Date()
  }

  init(fields: [Field]) { contactFields = fields }

  static let special: Set<String> = ["tags", "points", "owner", "stage", "doNotEmail", "id"]

  mutating func apply(_ file: File) {
    counts = (0, 0, 0)
    failedRows = []
    for (index, row) in file.rows.enumerated() { apply(row, number: index + 1, file) }
  }

  private mutating func fail(_ number: Int) {
    counts.ignored += 1
    failedRows.append(number)
  }

  private mutating func apply(_ row: [String]?, number: Int, _ file: File) {
    guard let row, row.count <= file.targets.count,
      row.contains(where: { !$0.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty })
    else { return fail(number) }
    var cells: [String: String] = [:]
    for (target, text) in zip(file.targets, row) {
      guard let target else { continue }
      let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
      if !text.isEmpty { cells[target] = text }
    }
    var values: [String: String] = [:]
    var cleared: Set<String> = []
    for field in contactFields where field.alias != "points" {
      guard let text = cells[field.alias] else { continue }
      if text == "NULL" {
        cleared.insert(field.alias)
        continue
      }
      guard let value = canonical(text, field) else { return fail(number) }
      if let value { values[field.alias] = value }
    }
    if let text = cells["points"], text != "NULL", Int(text) == nil { return fail(number) }
    if let text = cells["id"], text != "NULL", Int64(text) == nil { return fail(number) }
    if let text = cells["doNotEmail"],
      !["null", "true", "1", "on", "yes", "false", "0", "off", "no"].contains(text.lowercased())
    {
      return fail(number)
    }

    let found = find(values, id: cells["id"].flatMap { Int64($0) })
    if let found, let id = cells["id"].flatMap({ Int64($0) }), contacts[found].id == id,
      takesAnother(values, found, skip: file.defaults.skipIfExists)
    {
      return fail(number)
    }
    let isNew = found == nil
    let place = found ?? contacts.count
    if isNew {
      contacts.append(
        Contact(id: file.baseID + Int64(number) - 1, dateAdded: file.started))
      counts.inserted += 1
    } else {
      counts.updated += 1
    }
    var contact = contacts[place]
    let before = contact
    let skip = file.defaults.skipIfExists

    // The company is created if missing, associated, and mirrored.
    if let name = values["company"], !companies.contains(where: { $0.key == name.key }) {
      companies.append(name)
    }
    if let name = values["company"], !(skip && contact.values["company"] != nil) {
      let company = companies.first { $0.key == name.key } ?? name
      values["company"] = company
      if !contact.companies.contains(where: { $0.name == company }) {
        contact.companies.append((company, file.started))
      }
      contact.primary = company
    }
    // Fields.
    for (alias, value) in values {
      if skip, contact.values[alias] != nil { continue }
      contact.values[alias] = value
    }
    for alias in cleared where !skip {
      contact.values[alias] = nil
      if alias == "company" {
        contact.companies.removeAll { $0.name == contact.primary }
        let order = companies
        let latest = contact.companies.max {
          ($0.date, order.firstIndex(of: $0.name) ?? 0)
            < ($1.date, order.firstIndex(of: $1.name) ?? 0)
        }
        contact.primary = latest?.name
        contact.values["company"] = latest?.name
      }
    }
    if isNew {
      for field in contactFields where field.alias != "points" {
        if let text = field.defaultValue, contact.values[field.alias] == nil,
          !cleared.contains(field.alias), let value = canonical(text, field)
        {
          contact.values[field.alias] = value
        }
      }
      if let text = cells["points"], let points = Int(text) { contact.points = points }
    }
    if let owner = cells["owner"].flatMap({ Int64($0) }).flatMap({ (1...3).contains($0) ? $0 : nil }
    )
      ?? file.defaults.owner
    {
      contact.owner = owner
    }
    if let name = cells["stage"].flatMap({ $0 == "NULL" ? nil : $0 }) ?? file.defaults.stage {
      if !stages.contains(where: { $0.key == name.key }) { stages.append(name) }
      contact.stage = stages.first { $0.key == name.key }
    }
    let changes =
      (cells["tags"].map { $0 == "NULL" ? [] : $0.split(separator: "|").map(String.init) } ?? [])
      + file.defaults.tags
    for change in changes { apply(tag: change, to: &contact) }
    if let text = cells["doNotEmail"], values["email"] != nil {
      switch text.lowercased() {
      case "true", "1", "on", "yes": if contact.doNotEmail != 1 { contact.doNotEmail = 3 }
      case "false", "0", "off", "no": if contact.doNotEmail == 3 { contact.doNotEmail = 0 }
      default: break
      }
    }
    if let list = file.defaults.list { contact.segments.insert(list) }
    let known = ["firstname", "lastname", "company", "email"].contains { contact.values[$0] != nil }
    let touched =
      !isNew
      && (contact.values != before.values || contact.owner != before.owner
        || contact.stage != before.stage)
    if contact.dateIdentified == nil, known, isNew || touched {
      contact.dateIdentified = file.started
    }
    if touched { contact.dateModified = file.started }
    for field in contactFields where field.isUniqueIdentifier {
      guard let value = contact.values[field.alias], value.key != before.values[field.alias]?.key
      else { continue }
      let others = contacts.indices.contains {
        $0 != place && contacts[$0].values[field.alias]?.key == value.key
      }
      if others { contact.shared = true }
    }
    contact.log.append("\(file.importID).\(number).\(isNew ? 1 : 2)")
    contacts[place] = contact
  }

  /// Whether a row that names its contact by the id has an identifier of another contact.
  private func takesAnother(_ values: [String: String], _ place: Int, skip: Bool) -> Bool {
    contactFields.contains { field in
      guard field.isUniqueIdentifier, let value = values[field.alias] else { return false }
      let old = contacts[place].values[field.alias]
      if old?.key == value.key || (skip && old != nil) { return false }
      return contacts.indices.contains {
        $0 != place && contacts[$0].values[field.alias]?.key == value.key
      }
    }
  }

  private mutating func apply(tag text: String, to contact: inout Contact) {
    var name = text.trimmingCharacters(in: .whitespaces)
    let adds = !name.hasPrefix("-")
    if !adds { name.removeFirst() }
    guard !name.isEmpty else { return }
    if adds {
      if !tags.contains(where: { $0.key == name.key }) { tags.append(name) }
      if let tag = tags.first(where: { $0.key == name.key }) { contact.tags.insert(tag) }
    } else if let tag = tags.first(where: { $0.key == name.key }) {
      contact.tags.remove(tag)
    }
  }

  /// Returns the value in canonical form; the inner nil if the text has none, nil if it is invalid.
  private func canonical(_ text: String, _ field: Field) -> String?? {
    var output: [UInt8] = []
    var copy = text
    let parser = FieldParser(field: field, policy: .cleaning)
    let result = copy.withUTF8 { bytes in
      Result { () throws(FieldProblem) in try parser.parse(bytes, into: &output) }
    }
    switch result {
    case .success(true): return .some(String(decoding: output, as: UTF8.self))
    case .success(false): return .some(nil)
    case .failure: return nil
    }
  }

  private func find(_ values: [String: String], id: Int64?) -> Int? {
    if let id, let index = contacts.firstIndex(where: { $0.id == id }) { return index }
    let given = contactFields.filter { $0.isUniqueIdentifier && values[$0.alias] != nil }
    guard !given.isEmpty else { return nil }
    func matches(_ contact: Contact, _ field: Field) -> Bool {
      contact.values[field.alias]?.key == values[field.alias]?.key
    }
    let found = contacts.indices.filter { index in
      anyIdentifier
        ? given.contains { matches(contacts[index], $0) }
        : given.allSatisfy { matches(contacts[index], $0) }
    }
    return found.max {
      (contacts[$0].dateAdded, contacts[$0].id) < (contacts[$1].dateAdded, contacts[$1].id)
    }
  }
}

extension String {
  /// The form in which names are compared, ignoring ASCII case.
  fileprivate var key: String {
    String(
      decoding: utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 + 32 : $0 },
      as: UTF8.self)
  }
}
