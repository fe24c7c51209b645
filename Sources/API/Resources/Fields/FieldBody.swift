import Contacts
import Fields

/// Reads a field from a request (API page, 8.5).
enum FieldBody {
  /// The definition of a new field. The path decides whether it describes contacts or companies.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  static func new(_ body: JSONValue, _ object: FieldObject) throws(APIError) -> NewField {
    var members = Members(body)
    let edit = read(&members)
    try members.finish()
    var new = NewField(object: object, label: edit.label ?? "", type: edit.type ?? .text)
    new.alias = edit.alias
    new.group = edit.group ?? .core
    new.position = edit.position
    new.defaultValue = edit.defaultValue
    new.isRequired = edit.isRequired ?? false
    new.isVisible = edit.isVisible ?? true
    new.isShortVisible = edit.isShortVisible ?? false
    new.isListable = edit.isListable ?? true
    new.isPubliclyUpdatable = edit.isPubliclyUpdatable ?? false
    new.isUniqueIdentifier = edit.isUniqueIdentifier ?? false
    new.isIndex = edit.isIndex ?? false
    new.characterLimit = edit.characterLimit
    new.properties = edit.properties ?? .array([])
    new.isPublished = edit.isPublished ?? true
    return new
  }

  /// The changes to a field: the given members, or, when replacing, all except indexes, options and limits, which
  /// decide how values are stored and checked and stay unless named.
  ///
  /// - Throws: `APIError` 400 that names every member at fault.
  static func edit(_ body: JSONValue, replacing: Bool) throws(APIError) -> FieldEdit {
    var members = Members(body)
    var edit = read(&members)
    try members.finish()
    guard replacing else { return edit }
    edit.label = edit.label ?? ""
    edit.group = edit.group ?? .core
    edit.defaultValue = edit.defaultValue ?? ""
    edit.isRequired = edit.isRequired ?? false
    edit.isVisible = edit.isVisible ?? true
    edit.isShortVisible = edit.isShortVisible ?? false
    edit.isListable = edit.isListable ?? true
    edit.isPubliclyUpdatable = edit.isPubliclyUpdatable ?? false
    edit.isPublished = edit.isPublished ?? true
    return edit
  }

  private static func read(_ members: inout Members) -> FieldEdit {
    var edit = FieldEdit()
    edit.label = members.text("label")
    edit.alias = members.text("alias").flatMap { $0.trimmingBlanks.isEmpty ? nil : $0 }
    edit.type = word("type", &members, FieldType.init(rawValue:))
    edit.group = word("group", &members, FieldGroup.init(rawValue:))
    edit.position = members.integer("order")
    edit.defaultValue = members.optionalText("defaultValue")
    edit.isRequired = members.truth("isRequired")
    edit.isVisible = members.truth("isVisible")
    edit.isShortVisible = members.truth("isShortVisible")
    edit.isListable = members.truth("isListable")
    edit.isPubliclyUpdatable = members.truth("isPubliclyUpdatable")
    // Clients still write it as it was misspelt once.
    edit.isUniqueIdentifier =
      members.truth("isUniqueIdentifier") ?? members.truth("isUniqueIdentifer")
    edit.isIndex = members.truth("isIndex")
    edit.characterLimit = members.integer("charLengthLimit")
    edit.isPublished = members.truth("isPublished")
    if let properties = members.body["properties"], properties != .null {
      if properties.asObject == nil {
        members.refuse("properties", "must be an object")
      } else {
        edit.properties = properties.kept
      }
    }
    return edit
  }

  private static func word<Value>(
    _ name: String, _ members: inout Members, _ read: (String) -> Value?
  ) -> Value? {
    guard let text = members.text(name), !text.isEmpty else { return nil }
    let value = read(text)
    if value == nil { members.refuse(name, "\(InvalidInput.shown(text)) is not known") }
    return value
  }
}
