package import Foundation
package import Primitives

extension JSONValue {
  /// Creates a text or null, as the audit log has values of records.
  package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

  /// Creates a number or null.
  package init(_ number: Int64?) { self = number.map(JSONValue.integer) ?? .null }

  /// Creates the text of an instant, or null.
  package init(_ date: Date?) { self = date.map { .string($0.formatted(.iso8601)) } ?? .null }
}
