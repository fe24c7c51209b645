import Foundation

/// What a draft makes of a contact's columns: only what differs is in it.
struct ContactDelta: Sendable {
  /// A column that gets another value.
  struct Column: Sendable {
    var name: String
    /// The SQL type that the canonical text is cast to.
    var type: String
    /// The value as PostgreSQL takes it; nil clears.
    var canonical: String?
  }

  /// The columns of fields that change.
  private(set) var columns: [Column] = []
  /// Old and new values of them by alias, for the audit log (CON-12).
  private(set) var audit: [String: JSONValue] = [:]
  /// What segments can read of it.
  private(set) var topics: Set<ChangeTopic> = []
  /// The change of points, for their log.
  private(set) var points = 0
  /// The contact's values afterwards, by alias.
  private(set) var values: [String: FieldValue] = [:]
  /// Whether a value of a unique identifier becomes another one.
  private(set) var changesIdentity = false

  /// - Parameters:
  ///   - draft: What was asked for.
  ///   - stored: The contact as it is; nil for one that is to be made.
  ///   - fields: The published fields of contacts.
  init(_ draft: ContactDraft, stored: Contact?, fields: [Field]) {
    for field in fields {
      if let value = stored?.fields[field.alias] { values[field.alias] = value }
    }
    for (field, change) in draft.changes {
      switch change {
      case .set(let new): set(field, new)
      case .clear: clear(field)
      case .fallback(let new): if values[field.alias] == nil { set(field, new) }
      }
    }
    guard stored != nil else { return }
    let given = Set(draft.changes.map(\.field.alias))
    for field in fields where !given.contains(field.alias) { dropLostChoices(of: field) }
  }

  /// Sets a value that no member asked for, such as a place (api.md 8.1, rule 7).
  mutating func set(_ field: Field, _ new: ContactDraft.CheckedValue) {
    guard values[field.alias] != new.value else { return }
    write(field, new.canonical, new.value)
  }

  /// The text `company`, whose column is written elsewhere unless the contact is new.
  mutating func setCompany(_ name: String) { values["company"] = .text(name) }

  private mutating func clear(_ field: Field) {
    // Points are never missing.
    if field.alias == "points" {
      return set(field, .init(value: .number(0), canonical: "0"))
    }
    guard values[field.alias] != nil else { return }
    write(field, nil, nil)
  }

  private mutating func write(_ field: Field, _ canonical: String?, _ value: FieldValue?) {
    let old = values[field.alias]
    columns.append(Column(name: field.column, type: field.columnType, canonical: canonical))
    audit[field.alias] = .array([JSONValue(old), JSONValue(value)])
    topics.insert(.column(field.column))
    if field.alias == "points" { points = Self.integer(value) - Self.integer(old) }
    if field.isUniqueIdentifier { changesIdentity = true }
    values[field.alias] = value
  }

  /// Choices that are offered no longer are kept until the contact is next saved (CON-26).
  private mutating func dropLostChoices(of field: Field) {
    switch (field.type, values[field.alias]) {
    case (.select, .text(let chosen)?):
      if !field.options.contains(where: { $0.value == chosen }) { write(field, nil, nil) }
    case (.multiselect, .options(let chosen)?):
      let offered = Set(field.options.map(\.value))
      let kept = chosen.filter(offered.contains)
      guard kept.count < chosen.count else { return }
      write(
        field, kept.isEmpty ? nil : TextArray.literal(kept), kept.isEmpty ? nil : .options(kept))
    default: return
    }
  }

  /// Whether the contact has a value that says who it is (CON-01).
  func identifies(_ fields: [Field]) -> Bool {
    fields.contains { field in
      (field.group == .social || Self.identifying.contains(field.alias))
        && values[field.alias] != nil
    }
  }

  private static let identifying: Set<String> = ["firstname", "lastname", "company", "email"]

  private static func integer(_ value: FieldValue?) -> Int {
    if case .number(let number)? = value { Int(number) } else { 0 }
  }
}

extension TextArray {
  /// The array literal of some elements.
  static func literal(_ elements: [String]) -> String {
    var output = Array("{".utf8)
    for (index, element) in elements.enumerated() {
      if index > 0 { output.append(0x2C) }
      append(element.utf8, to: &output)
    }
    output.append(0x7D)
    return String(decoding: output, as: UTF8.self)
  }
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
