package import Foundation
package import Primitives

/// A change to a contact's log entry for one event (api.md 8.4).
package struct EntryChange: Sendable {
  /// A new fire time.
  package var triggerDate: Date?
  /// The instant at which it was executed.
  package var dateTriggered: Date?
  /// The address from which the contact acted.
  package var ipAddress: String?
  /// Further facts.
  package var metadata: JSONValue?
  /// Whether the path taken is `no`.
  package var nonActionPathTaken: Bool?
  /// The kind of what the entry is about.
  package var channel: String?
  /// The id of what the entry is about.
  package var channelID: Int64?

  /// A change of nothing.
  package init() {}

  /// Whether it leaves the times of the entry alone.
  var isAnnotation: Bool { triggerDate == nil && dateTriggered == nil }
  /// Whether the entry was executed, and is not scheduled anew.
  var isExecuted: Bool { dateTriggered != nil && triggerDate == nil }
}
