package import Foundation
package import Primitives

/// A change to a contact's log entry for one event (api.md 8.4).
package struct EntryChange: Sendable {
  /// A new fire time.
  package var triggerDate: Date?
  /// The instant at which it was executed.
  package var dateTriggered: Date?
  /// The IP address of the contact's engagement.
  package var ipAddress: String?
  /// Further details.
  package var metadata: JSONValue?
  /// Whether the path taken is `no`.
  package var nonActionPathTaken: Bool?
  /// The kind of the entry's channel.
  package var channel: String?
  /// The id of the channel's record.
  package var channelID: Int64?

  /// Creates an empty change.
  package init() {}

  /// Whether it leaves the times of the entry unchanged.
  var isAnnotation: Bool { triggerDate == nil && dateTriggered == nil }
  /// Whether the entry was executed, and is not rescheduled.
  var isExecuted: Bool { dateTriggered != nil && triggerDate == nil }
}
