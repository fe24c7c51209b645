import Contacts
import Foundation

/// The contact that a note or a device belongs to.
enum RecordLead {
  /// Contacts as their records show them, by id.
  static func json(
    of ids: [Int64], _ contacts: ContactStore
  ) async throws -> [Int64: JSONValue] {
    let found = try await contacts.contacts(Array(Set(ids)))
    guard let first = found.first else { return [:] }
    let writer = ContactWriter(fields: first.fields.fields, view: .ofRecord)
    var leads: [Int64: JSONValue] = [:]
    for contact in found {
      var json = JSONWriter(capacity: 12_000)
      writer.write(contact, to: &json)
      leads[contact.id] = try JSONParser.parse(json.bytes)
    }
    return leads
  }

  /// The id of a contact in a body: a number, or an object that was read before.
  ///
  /// - Returns: `nil` where none of the members is given.
  /// - Throws: `APIError` 400 if the value names no contact.
  static func id(in body: JSONValue, _ names: String...) throws(APIError) -> Int64? {
    for name in names {
      guard let given = body[name], given != .null else { continue }
      guard let id = (given["id"] ?? given).integer, id > 0 else {
        throw .validation([(name, ["not the number of a contact"])])
      }
      return Int64(id)
    }
    return nil
  }
}

extension JSONValue {
  /// An instant in a body: `.some(nil)` for null and empty, `nil` where the member is missing.
  func instant(_ name: String) throws(APIError) -> Date?? {
    guard let given = self[name] else { return nil }
    guard given != .null else { return .some(nil) }
    let text = given.text?.trimmingBlanks ?? ""
    if text.isEmpty, given.text != nil { return .some(nil) }
    guard let date = WireDate.parse(text) else {
      throw .validation([(name, ["\(InvalidInput.shown(text)) is no date"])])
    }
    return .some(date)
  }
}
