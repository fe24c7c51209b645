package import Foundation

/// The reasons why a contact must not be contacted (contacts.md 6).
package enum DoNotContactReason: Int16, Sendable, Codable {
  case unsubscribed = 1
  /// A message bounced.
  case bounced = 2
  /// A user set it manually.
  case manual = 3
}

/// An entry that a contact must not be contacted on a channel.
package struct DoNotContact: Sendable, Identifiable, Equatable {
  /// The entry's id.
  package var id: Int64
  /// The time from which it applies.
  package var dateAdded: Date
  /// The reason.
  package var reason: DoNotContactReason
  /// The comment.
  package var comments: String?
  /// `email`, `sms`, `notification`, …
  package var channel: String
  /// The message that caused it.
  package var channelID: Int64?
}
