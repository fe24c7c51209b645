import Contacts
import Fields

/// Writes contacts in the contract's form (API page, 8.1).
///
/// The part that all contacts of a page share, a third of the bytes, is rendered once.
struct ContactWriter {
  private let fields: [Field]
  /// For each field: its name and definition up to its value, as JSON.
  private let beginnings: [[UInt8]]
  /// The indexes of each group's fields.
  private let groups: [(name: String, indexes: [Int])]
  private let view: ContactView
  /// Whether the contact has been deleted and has no id (API page, section 7).
  private let hidesID: Bool

  init(fields: [Field], view: ContactView, hidesID: Bool = false) {
    self.hidesID = hidesID
    let fields = fields.filter { view.shows(field: $0.alias) }
    self.fields = fields
    self.view = view
    beginnings = fields.map(Self.beginning)
    groups = FieldGroup.allCases.map { group in
      (group.rawValue, fields.indices.filter { fields[$0].group == group })
    }
  }

  private static func beginning(of field: Field) -> [UInt8] {
    var writer = JSONWriter()
    writer.key(field.alias)
    writer.value([
      "id": .string(String(field.id)), "label": .string(field.label),
      "alias": .string(field.alias), "type": .string(field.type.rawValue),
      "group": .string(field.group.rawValue), "object": .string(field.object.rawValue),
      "is_fixed": field.isFixed ? "1" : "0", "properties": JSONValue(kept: field.properties),
      "default_value": JSONValue(field.defaultValue),
    ])
    return writer.bytes.dropLast() + Array(",\"value\":".utf8)
  }

  func write(_ contact: Contact, to writer: inout JSONWriter) {
    writer.beginObject()
    member("isPublished", .bool(contact.isPublished), &writer)
    member("dateAdded", JSONValue(contact.dateAdded), &writer)
    member("dateModified", JSONValue(contact.dateModified), &writer)
    member("createdBy", JSONValue(contact.createdBy), &writer)
    member("createdByUser", JSONValue(contact.createdByUser), &writer)
    member("modifiedBy", JSONValue(contact.modifiedBy), &writer)
    member("modifiedByUser", JSONValue(contact.modifiedByUser), &writer)
    writer.key("id")
    writer.value(hidesID ? .null : JSONValue.int(Int(contact.id)))
    member("points", .int(contact.points), &writer)
    member("color", JSONValue(contact.color), &writer)
    if view.showsFields { writeFields(contact, to: &writer) }
    member("lastActive", JSONValue(contact.lastActive), &writer)
    member("owner", JSONValue(contact.owner), &writer)
    member("ipAddresses", ContactParts.addresses(contact), &writer)
    member("tags", ContactParts.tags(contact), &writer)
    member("utmtags", ContactParts.utmTags(contact), &writer)
    member("stage", ContactParts.stage(contact), &writer)
    member("dateIdentified", JSONValue(contact.dateIdentified), &writer)
    member("preferredProfileImage", JSONValue(contact.preferredProfileImage), &writer)
    member("doNotContact", ContactParts.doNotContact(contact), &writer)
    member("frequencyRules", ContactParts.frequencyRules(contact), &writer)
    writer.endObject()
  }

  private func member(
    _ name: String, _ value: @autoclosure () -> JSONValue, _ writer: inout JSONWriter
  ) {
    guard view.shows(member: name) else { return }
    let value = value()
    if view.leavesNullsOut, value == .null { return }
    writer.key(name)
    writer.value(value)
  }

  private func writeFields(_ contact: Contact, to writer: inout JSONWriter) {
    let values = values(of: contact)
    writer.key("fields")
    writer.beginObject()
    for group in groups {
      writer.key(group.name)
      guard !group.indexes.isEmpty else {
        writer.value(JSONValue.array([]))
        continue
      }
      writer.beginObject()
      for index in group.indexes {
        writer.members(beginnings[index])
        writer.continued(values[index])
        writer.continued(Self.normalized)
        writer.continued(values[index])
        writer.continued(Self.end)
      }
      writer.endObject()
    }
    writer.key("all")
    writer.beginObject()
    writer.key("id")
    writer.value(Int(contact.id))
    for (index, field) in fields.enumerated() {
      writer.key(field.alias)
      writer.raw(values[index])
    }
    writer.endObject()
    writer.endObject()
  }

  private static let normalized = Array(",\"normalizedValue\":".utf8)
  private static let end = Array("}".utf8)
  private static let null = Array("null".utf8)

  /// Each shown field's value as JSON: numbers as numbers, booleans as 0 and 1, all else as text.
  private func values(of contact: Contact) -> [[UInt8]] {
    var values: [[UInt8]] = []
    values.reserveCapacity(fields.count)
    for (field, value) in contact.fields where view.shows(field: field.alias) {
      var bytes: [UInt8] = []
      switch value {
      case nil: bytes = Self.null
      case .number(let number)?: JSONText.append(number, to: &bytes)
      case .boolean(let bool)?: bytes.append(UInt8(ascii: bool ? "1" : "0"))
      case let value?: JSONText.appendQuoted(value.text, to: &bytes)
      }
      values.append(bytes)
    }
    return values
  }
}
