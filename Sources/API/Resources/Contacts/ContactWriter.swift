import Contacts
import Fields
import Synchronization

/// Writes contacts in the contract's form (API page, 8.1).
///
/// The part that all contacts share, two thirds of the bytes, is rendered once for each version of the fields.
struct ContactWriter: Sendable {
  /// The published fields, of which the view may show fewer.
  private let fields: [Field]
  /// The indexes of the fields that are shown.
  private let shown: [Int]
  /// For each field: its name and definition up to its value, as JSON.
  private let beginnings: [[UInt8]]
  /// For each field: its name in the short list, as JSON with the colon.
  private let names: [[UInt8]]
  /// The indexes of each group's fields that are shown.
  private let groups: [(name: String, indexes: [Int])]
  private let view: ContactView
  /// Whether the contact has been deleted and has no id (API page, section 7).
  private let hidesID: Bool

  init(fields: [Field], view: ContactView, hidesID: Bool = false) {
    self.hidesID = hidesID
    self.fields = fields
    self.view = view
    let shown = fields.indices.filter { view.shows(field: fields[$0].alias) }
    self.shown = shown
    beginnings = fields.map(Self.beginning)
    names = fields.map { field in
      var bytes: [UInt8] = []
      JSONText.appendQuoted(field.alias, to: &bytes)
      return bytes + [UInt8(ascii: ":")]
    }
    groups = FieldGroup.allCases.map { group in
      (group.rawValue, shown.filter { fields[$0].group == group })
    }
  }

  private static let lastWhole = Mutex<ContactWriter?>(nil)

  /// The writer of whole contacts with these fields; the last one made is kept.
  static func whole(_ fields: [Field]) -> ContactWriter {
    if let last = lastWhole.withLock({ $0 }), last.fields == fields { return last }
    let writer = ContactWriter(fields: fields, view: ContactView())
    lastWhole.withLock { $0 = writer }
    return writer
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
        let value = values.bytes[values.ends[index]..<values.ends[index + 1]]
        writer.members(beginnings[index])
        writer.continued(value)
        writer.continued(Self.normalized)
        writer.continued(value)
        writer.continued(Self.end)
      }
      writer.endObject()
    }
    writer.key("all")
    writer.beginObject()
    writer.key("id")
    writer.value(Int(contact.id))
    for index in shown {
      writer.members(names[index])
      writer.continued(values.bytes[values.ends[index]..<values.ends[index + 1]])
    }
    writer.endObject()
    writer.endObject()
  }

  private static let normalized = Array(",\"normalizedValue\":".utf8)
  private static let end = Array("}".utf8)
  private static let null = Array("null".utf8)

  /// Each field's value as JSON, one behind the other: numbers as numbers, booleans as 0 and 1, all else as text; and where
  /// each begins, and the end.
  private func values(of contact: Contact) -> (bytes: [UInt8], ends: [Int]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(1024)
    var ends = [0]
    ends.reserveCapacity(fields.count + 1)
    for value in contact.fields.values {
      switch value {
      case nil: bytes += Self.null
      case .text(let text)?: JSONText.appendQuoted(text, to: &bytes)
      case .number(let number)?: JSONText.append(number, to: &bytes)
      case .boolean(let bool)?: bytes.append(UInt8(ascii: bool ? "1" : "0"))
      case let value?: JSONText.appendQuoted(value.text, to: &bytes)
      }
      ends.append(bytes.count)
    }
    return (bytes, ends)
  }
}
