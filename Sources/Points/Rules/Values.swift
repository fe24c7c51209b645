import Contacts
import Foundation
import Primitives

extension JSONValue {
  /// The values of an array, or of an object by position as forms send one; a single value counts as a list. Null
  /// and empty texts are omitted.
  var listed: [JSONValue] {
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
    var ids: [Int64] = []
    for value in listed {
      guard let id = value.int.map(Int64.init), id > 0 else {
        throw InvalidInput(member, "\(InvalidInput.shown(value.text ?? "a list")) is no id")
      }
      ids.append(id)
    }
    guard ids.count <= RuleProperties.most else {
      throw InvalidInput(member, "more than \(RuleProperties.most) ids")
    }
    return ids
  }
}

/// The properties of rules and events, stored as received.
enum RuleProperties {
  /// The maximum number of entries in one list.
  static let most = 1_000
  /// The maximum size of the properties in bytes.
  static let bytes = 65_536

  /// Returns the properties as an object; PHP sends an empty one as a list.
  ///
  /// - Throws: `InvalidInput` naming the member.
  static func read(_ value: JSONValue?, _ member: String) throws -> JSONValue {
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
