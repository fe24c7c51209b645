import Foundation
import Primitives

/// The owner of a contact, as mail uses it (EML-205, EML-330).
struct MailOwner: Sendable, Equatable, Codable {
  var firstName = ""
  var lastName = ""
  var email = ""
  var position = ""
  var signature = ""

  var fullName: String { [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ") }

  func value(_ field: TemplateFragment.OwnerField) -> String {
    switch field {
    case .firstname: firstName
    case .lastname: lastName
    case .email: email
    case .position: position
    case .signature: signature
    }
  }
}

/// The data of a recipient that a message needs.
struct RecipientProfile: Sendable {
  /// The contact's id; 0 for a recipient who is not a contact.
  var contact: Int64 = 0
  var address: String
  /// The first and last name, for the header To.
  var name = ""
  /// The values of fields, of the contact and of its primary company, by alias.
  var fields: [String: String] = [:]
  var owner: MailOwner?
  /// The values that came with the send request, as HTML, by name without braces.
  var custom: [String: String] = [:]
  /// The content picked for the contact, as HTML, by name.
  var dynamic: [String: String] = [:]
}

/// The values inserted for one recipient, stored with the send for the web version (EML-311).
struct TokenRecord: Codable, Sendable {
  var fields: [String: String]?
  var owner: MailOwner?
  var custom: [String: String]?
  var dynamic: [String: String]?

  init(custom: [String: String]) { self.custom = custom }

  init(_ person: RecipientProfile, fields aliases: [String], usesOwner: Bool) {
    if !aliases.isEmpty { fields = person.fields.filter { aliases.contains($0.key) } }
    if usesOwner { owner = person.owner }
    if !person.custom.isEmpty { custom = person.custom }
    if !person.dynamic.isEmpty { dynamic = person.dynamic }
  }

  /// Returns the recipient as it was when the message was sent.
  func person(contact: Int64?, address: String) -> RecipientProfile {
    RecipientProfile(
      contact: contact ?? 0, address: address, fields: fields ?? [:], owner: owner,
      custom: custom ?? [:], dynamic: dynamic ?? [:])
  }

  /// The record as JSON. Encoded by hand, since every message needs it.
  var json: String? {
    var output: [UInt8] = [UInt8(ascii: "{")]
    func key(_ name: StaticString) {
      if output.count > 1 { output.append(UInt8(ascii: ",")) }
      output.append(UInt8(ascii: "\""))
      name.withUTF8Buffer { output.append(contentsOf: $0) }
      output.append(contentsOf: "\":".utf8)
    }
    if let fields { key("fields"); Self.append(fields, to: &output) }
    if let owner {
      key("owner")
      Self.append(
        [
          "firstName": owner.firstName, "lastName": owner.lastName, "email": owner.email,
          "position": owner.position, "signature": owner.signature,
        ], to: &output)
    }
    if let custom { key("custom"); Self.append(custom, to: &output) }
    if let dynamic { key("dynamic"); Self.append(dynamic, to: &output) }
    guard output.count > 1 else { return nil }
    output.append(UInt8(ascii: "}"))
    return String(decoding: output, as: UTF8.self)
  }

  private static func append(_ values: [String: String], to output: inout [UInt8]) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    for (name, value) in values {
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      append(name, to: &output)
      output.append(UInt8(ascii: ":"))
      append(value, to: &output)
    }
    output.append(UInt8(ascii: "}"))
  }

  private static func append(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0: break
      case 1..<0x20:
        output.append(contentsOf: "\\u00".utf8)
        Hex.append(byte, to: &output)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
