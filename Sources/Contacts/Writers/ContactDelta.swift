import Fields
import Foundation
import Primitives

/// A change of a contact's fields, limited to actual differences.
struct ContactDelta: Sendable {
  /// The changed columns.
  private(set) var columns: [ColumnValue] = []
  /// Their old and new values by alias, for the audit log (CON-12).
  private(set) var audit: [String: JSONValue] = [:]
  /// The topics of the change, for segments.
  private(set) var topics: Set<ChangeTopic> = []
  /// The change of points, for the points log.
  private(set) var points = 0
  /// The contact's values after the change, by alias.
  private(set) var values: [String: FieldValue] = [:]
  /// Whether a unique identifier changes.
  private(set) var changesIdentity = false

  /// Creates an empty change.
  ///
  /// - Parameter stored: The contact's values, by alias.
  init(_ stored: [String: FieldValue]) { values = stored }

  /// Sets a value in PostgreSQL's canonical form, or clears it if nil.
  mutating func set(_ field: Field, canonical: String?) {
    if let canonical, let value = FieldValue(canonical: canonical, type: field.type) {
      set(field, .init(value: value, canonical: canonical))
    } else {
      clear(field)
    }
  }

  /// Drops values no longer offered as choices, which are kept until the contact is next saved
  /// (CON-26).
  mutating func dropLostChoices(of fields: [Field]) {
    for field in fields where field.hasChoices {
      let left = field.surviving(values[field.alias])
      if left != values[field.alias] { write(field, left?.canonicalChoice, left) }
    }
  }

  /// Sets a value that no member requested, such as a location (api.md 8.1, rule 7).
  mutating func set(_ field: Field, _ new: CheckedValue) {
    guard values[field.alias] != new.value else { return }
    write(field, new.canonical, new.value)
  }

  /// Sets the field `company`, whose column is written elsewhere unless the contact is new.
  mutating func setCompany(_ name: String) { values["company"] = .text(name) }

  mutating func clear(_ field: Field) {
    // Points are never null.
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

  /// Returns whether the contact has an identifying value (CON-01).
  func identifies(_ fields: [Field]) -> Bool {
    fields.contains { $0.identifiesContact && values[$0.alias] != nil }
  }

  /// The old and new values for the audit log; nil if nothing is audited.
  var auditedFields: JSONValue? { Self.audited(audit) }

  /// Returns values for the audit log, which does not record a change of the last activity alone
  /// (CON-12).
  static func audited(_ values: [String: JSONValue]) -> JSONValue? {
    values.isEmpty || Set(values.keys) == ["last_active"] ? nil : .object(values)
  }

  private static func integer(_ value: FieldValue?) -> Int {
    if case .number(let number)? = value { Int(saturating: number) } else { 0 }
  }
}

extension Field {
  /// Whether values are choices of a list, which may later lose some of them.
  var hasChoices: Bool { type == .select || type == .multiselect }
}

extension JSONValue {
  /// Creates the audit log's form of a field value.
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
}
