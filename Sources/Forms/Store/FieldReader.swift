import Contacts
import Fields
import Points
import Primitives

/// Reads one field of a form's input.
struct FieldReader {
  let input: FormFieldInput
  /// The field as it was.
  let old: FormField?
  /// The name of the field in errors.
  let member: String
  /// Whether members that are not given get their default.
  let replacing: Bool
  /// The definitions of the fields of contacts and companies.
  let known: FieldSet

  /// Returns the field, without alias and parent.
  func field(id: Int64, place: Int) throws -> FormField {
    let kept = replacing ? nil : old
    let word = input.type ?? old?.type.rawValue ?? ""
    guard !word.isEmpty, word.utf8.count <= 100, !word.contains("\0") else {
      throw InvalidInput("\(member).type", "a type is required, of at most 100 characters")
    }
    var field = FormField(
      id: id, alias: "", label: try label(kept), type: FormFieldType(rawValue: word),
      mapping: try mapping(kept), settings: kept?.settings ?? FormFieldSettings())
    try texts(of: &field.settings)
    field.settings.order = input.order ?? kept?.settings.order ?? place + 1
    guard Int32(exactly: field.settings.order) != nil else {
      throw InvalidInput("\(member).order", "\(field.settings.order) is no number of 32 bits")
    }
    try properties(of: &field.settings)
    if field.type == .file, field.settings.properties != old?.settings.properties {
      try FileBounds.check(field.settings.properties, "\(member).properties")
    }
    field.settings.showsLabel = input.showsLabel ?? field.settings.showsLabel
    field.settings.isRequired = input.isRequired ?? field.settings.isRequired
    field.settings.savesResult = input.savesResult ?? field.settings.savesResult
    field.settings.fillsIn = input.fillsIn ?? field.settings.fillsIn
    field.settings.showsKnown = input.showsKnown ?? field.settings.showsKnown
    field.settings.isAlwaysShown = input.isAlwaysShown ?? field.settings.isAlwaysShown
    field.settings.showsAfter = input.showsAfter ?? field.settings.showsAfter
    return field
  }

  /// Returns the field on which it depends.
  ///
  /// - Parameters:
  ///   - keys: The ids of the fields of the request by their keys.
  ///   - present: The ids of all fields of the form after the change.
  func parent(keys: [String: Int64], present: Set<Int64>) throws(InvalidInput) -> Int64? {
    let found: Int64?
    switch input.parent {
    case nil:
      // A field that was removed with this change shows nothing any more.
      guard !replacing, let parent = old?.settings.parent else { return nil }
      return present.contains(parent) ? parent : nil
    case .some(nil): return nil
    case .some(.some(.id(let id))): found = keys[String(id)] ?? id
    case .some(.some(.key(let key))): found = keys[key]
    }
    guard let found, present.contains(found) else {
      throw InvalidInput("\(member).parent", "there is no such field in the form")
    }
    return found
  }

  private func label(_ kept: FormField?) throws(InvalidInput) -> String {
    guard let text = input.label ?? kept?.label ?? old?.label else {
      throw InvalidInput("\(member).label", "a value is required")
    }
    if text == old?.label { return text }
    guard
      let label = try RecordText.optional(
        text, "\(member).label", limit: FormLimits.label, html: true)
    else { throw InvalidInput("\(member).label", "a value is required") }
    return label
  }

  private func mapping(_ kept: FormField?) throws(InvalidInput) -> FormMapping? {
    switch input.mapping {
    case nil: return kept?.mapping
    case .some(nil): return nil
    case .some(.some(let given)):
      let objects = given.object.map { [$0] } ?? FieldObject.allCases
      if let old = old?.mapping, old.field == given.field, objects.contains(old.object) {
        return old
      }
      let object = objects.first { object in
        known.published(object).contains { $0.alias == given.field }
      }
      guard let object else {
        let records = objects.map { $0 == .company ? "companies" : "contacts" }
        throw InvalidInput(
          "\(member).mappedField",
          "there is no field \(InvalidInput.shown(given.field)) of \(records.joined(separator: " or "))"
        )
      }
      return FormMapping(object, given.field)
    }
  }

  private func texts(of settings: inout FormFieldSettings) throws(InvalidInput) {
    if let text = input.defaultValue {
      settings.defaultValue = try RecordText.optional(
        text, "\(member).defaultValue", limit: FormLimits.value, html: true)
    }
    if let text = input.validationMessage {
      settings.validationMessage = try RecordText.optional(
        text, "\(member).validationMessage", limit: FormLimits.label)
    }
    if let text = input.helpMessage {
      settings.helpMessage = try RecordText.optional(
        text, "\(member).helpMessage", limit: FormLimits.label, html: true)
    }
    if let text = input.labelAttributes {
      settings.labelAttributes = try FormAttributes.checked(text, "\(member).labelAttributes")
    }
    if let text = input.inputAttributes {
      settings.inputAttributes = try FormAttributes.checked(text, "\(member).inputAttributes")
    }
    if let text = input.containerAttributes {
      settings.containerAttributes = try FormAttributes.checked(
        text, "\(member).containerAttributes")
    }
  }

  private func properties(of settings: inout FormFieldSettings) throws {
    if let given = input.properties {
      settings.properties = try RuleProperties.read(given, "\(member).properties")
    }
    if let given = input.validation {
      settings.validation = try RuleProperties.read(given, "\(member).validation")
    }
    if let given = input.conditions {
      settings.conditions = try RuleProperties.read(given, "\(member).conditions")
    }
  }
}
