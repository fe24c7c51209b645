import Foundation
import Primitives

extension JSONValue {
  init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

  init(_ number: Int64?) { self = number.map(JSONValue.integer) ?? .null }

  /// Creates the text of an instant, or null.
  init(_ date: Date?) { self = date.map { .string($0.formatted(.iso8601)) } ?? .null }
}
