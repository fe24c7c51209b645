import Foundation
import Primitives

extension JSONValue {
  init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

  init(_ number: Int64?) { self = number.map(JSONValue.integer) ?? .null }

  /// Creates the text of an instant, or null.
  init(_ date: Date?) { self = date.map { .string($0.formatted(.iso8601)) } ?? .null }

  /// Returns the old and new value of each member that differs, for the audit log.
  static func differences(
    from old: [(String, JSONValue)], to new: [(String, JSONValue)]
  ) -> JSONValue {
    var differences: [String: JSONValue] = [:]
    for ((name, before), (_, after)) in zip(old, new) where before != after {
      differences[name] = .array([before, after])
    }
    return .object(differences)
  }
}
