import Fields
import Foundation
import Primitives

/// The change of a contact's fields: only what differs is in it.
struct ContactDelta: Sendable {
  /// The columns of fields that change.
  private(set) var columns: [ColumnValue] = []
  /// Old and new values of them by alias, for the audit log (CON-12).
  private(set) var audit: [String: JSONValue] = [:]
  /// The topics of the change, for segments.
  private(set) var topics: Set<ChangeTopic> = []
  /// The change of points, for their log.
  private(set) var points = 0
  /// The contact's values afterwards, by alias.
  private(set) var values: [String: FieldValue] = [:]
  /// Whether a value of a unique identifier becomes another one.
  private(set) var changesIdentity = false

  /// A change of nothing yet.
  ///
  /// - Parameter stored: The contact's values, by alias.
  init(_ stored: [String: FieldValue]) { values = stored }

  /// Sets or, with nil, clears a value in the form in which PostgreSQL takes it.
  mutating func set(_ field: Field, canonical: String?) {
    if let canonical, let value = FieldValue(canonical: canonical, type: field.type) {
      set(field, .init(value: value, canonical: canonical))
    } else {
      clear(field)
    }
  }

  /// Takes choices away that are offered no longer: they are kept until the contact is next saved (CON-26).
  mutating func dropLostChoices(of fields: [Field]) {
    for field in fields where field.hasChoices {
      let left = field.surviving(values[field.alias])
      if left != values[field.alias] { write(field, left?.canonicalChoice, left) }
    }
  }

  /// Sets a value that no member asked for, such as a place (api.md 8.1, rule 7).
  mutating func set(_ field: Field, _ new: CheckedValue) {
    guard values[field.alias] != new.value else { return }
    write(field, new.canonical, new.value)
  }

  /// The text `company`, whose column is written elsewhere unless the contact is new.
  mutating func setCompany(_ name: String) { values["company"] = .text(name) }

  mutating func clear(_ field: Field) {
    // Points are never missing.
    if field.alias == "points" {
      return set(field, .init(value: .number(0), canonical: "0"))
    }
    guard values[field.alias] != nil else { return }
    write(field, nil, nil)
  }

  private mutating func write(_ field: Field, _ canonical: String?, _ value: FieldValue?) {
    let old = values[field.alias]
    columns.append(ColumnValue(name: field.column, type: field.columnType, canonical: canonical))
    audit[field.alias] = .array([JSONValue(old), JSONValue(value)])
    topics.insert(.column(field.column))
    if field.alias == "points" { points = Self.integer(value) - Self.integer(old) }
    if field.isUniqueIdentifier { changesIdentity = true }
    values[field.alias] = value
  }

  /// Whether the contact has a value that says who it is (CON-01).
  func identifies(_ fields: [Field]) -> Bool {
    fields.contains { $0.identifiesContact && values[$0.alias] != nil }
  }

  /// Old and new values as the audit log keeps them; nil where it tells nothing.
  var auditedFields: JSONValue? { Self.told(audit) }

  /// Values for the audit log, which does not tell of a change of the last activity alone (CON-12).
  static func told(_ values: [String: JSONValue]) -> JSONValue? {
    values.isEmpty || Set(values.keys) == ["last_active"] ? nil : .object(values)
  }

  private static func integer(_ value: FieldValue?) -> Int {
    if case .number(let number)? = value { Int(number) } else { 0 }
  }
}

extension Field {
  /// Whether stored values are choices of a list that may lose some.
  var hasChoices: Bool { type == .select || type == .multiselect }
}

extension JSONValue {
  /// A value of a field, as the audit log keeps it.
  init(_ value: FieldValue?) {
    switch value {
    case nil: self = .null
    case .number(let number)?:
      self = Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
    case .boolean(let truth)?: self = .boolean(truth)
    case .options(let chosen)?: self = .array(chosen.map(JSONValue.string))
    case let value?: self = .string(value.text)
    }
  }

  /// A number or null.
  init(_ number: Int64?) { self = number.map(JSONValue.integer) ?? .null }
}
