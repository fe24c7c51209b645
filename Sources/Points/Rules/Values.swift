package import Contacts
import Foundation
package import Primitives

extension JSONValue {
  /// The values of an array, or of an object by position as forms send one; a single value counts as a list. Null
  /// and empty texts are omitted.
  package var listed: [JSONValue] {
    let values: [JSONValue] =
      switch self {
      case .array(let values): values
      case .object(let members): members.sorted { $0.key < $1.key }.map(\.value)
      default: [self]
      }
    return values.filter { $0 != .null && $0 != .string("") }
  }

  /// Returns the ids in a list.
  ///
  /// - Throws: `InvalidInput` naming the member.
  func ids(_ member: String) throws(InvalidInput) -> [Int64] {
    try RuleProperties.ids(self, member)
  }
}

/// The properties of rules and events, of forms too, stored as received.
package enum RuleProperties {
  /// The maximum number of entries in one list.
  package static let most = 1_000
  /// The maximum size of the properties in bytes.
  static let bytes = 65_536

  /// Returns the ids in a list, or the one id that stands for a list.
  ///
  /// - Throws: `InvalidInput` naming the member.
  package static func ids(_ value: JSONValue, _ member: String) throws(InvalidInput) -> [Int64] {
    var ids: [Int64] = []
    for value in value.listed {
      guard let id = value.int.map(Int64.init), id > 0 else {
        throw InvalidInput(member, "\(InvalidInput.shown(value.text ?? "a list")) is no id")
      }
      ids.append(id)
    }
    guard ids.count <= most else { throw InvalidInput(member, "more than \(most) ids") }
    return ids
  }

  /// Returns the clean names of tags in a list.
  ///
  /// - Throws: `InvalidInput` naming the member.
  package static func tags(_ value: JSONValue, _ member: String) throws(InvalidInput) -> [String] {
    let values = value.listed
    guard values.count <= most else { throw InvalidInput(member, "more than \(most) tags") }
    var names: [String] = []
    for value in values {
      guard let text = value.text, let name = TagName.clean(text) else {
        throw InvalidInput(member, "\(InvalidInput.shown(value.text ?? "a list")) is no tag")
      }
      names.append(name)
    }
    return names
  }

  /// Returns the properties as an object; PHP sends an empty one as a list.
  ///
  /// - Throws: `InvalidInput` naming the member.
  package static func read(_ value: JSONValue?, _ member: String) throws -> JSONValue {
    switch value {
    case nil, .null, .string(""), .array([]): return .object([:])
    case .object:
      let value = value ?? .null
      guard try JSONEncoder().encode(value).count <= bytes else {
        throw InvalidInput(member, "longer than \(bytes) bytes")
      }
      if let part = value.unstorable(member) { throw InvalidInput(part, "not valid text") }
      return value
    default: throw InvalidInput(member, "must be an object")
    }
  }
}
