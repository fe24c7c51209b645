package import Foundation

/// The reasons for which a contact must not be written to (contacts.md 6).
package enum DoNotContactReason: Int16, Sendable, Codable {
  case unsubscribed = 1
  /// A message came back.
  case bounced = 2
  /// Somebody set it by hand.
  case manual = 3
}

/// That a contact must not be written to on a channel.
package struct DoNotContact: Sendable, Identifiable, Equatable {
  /// The entry's id.
  package var id: Int64
  /// The instant from which it holds.
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
