package import Contacts
package import Foundation
package import Query

/// The same said on several channels (api.md 9): an e-mail, a text for telephones, a notification.
package struct MarketingMessage: TableRecord, Equatable {
  /// The message's id.
  package var id: Int64
  /// The values that users set.
  package var values: MarketingMessageValues
  /// The category it is filed under.
  package var category: Category?
  /// The names of the records that its channels send.
  package var contentNames: [MessageChannel: String]
  /// The dates of creation and last change.
  package var dates: RecordDates

  /// The id of a channel of the message, which no other channel of any message has.
  package func id(of channel: MessageChannel) -> Int64 { id &* 4 &+ channel.number }
}

/// A way to reach contacts, with the kind of record that is sent on it.
package enum MessageChannel: String, Sendable, CaseIterable {
  case email, sms, notification

  fileprivate var number: Int64 {
    switch self {
    case .email: 0
    case .sms: 1
    case .notification: 2
    }
  }
}

/// What a message sends on a channel.
package struct ChannelContent: Sendable, Equatable {
  /// The id of the record that is sent; nil while none is chosen, and after it was deleted.
  package var content: Int64?
  /// Whether the message uses the channel.
  package var isEnabled = false
}

/// The values of a message that users set.
package struct MarketingMessageValues: Sendable, Equatable, Published {
  package var name = ""
  package var description: String?
  /// The category's id.
  package var category: Int64?
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// The channels that it knows, in use or not.
  package var channels: [MessageChannel: ChannelContent] = [:]
  /// Whether it is in use.
  package var isPublished = true
}

/// The input for a message; `nil` leaves a value as it is.
package struct MarketingMessageInput: Sendable {
  /// What is given of a channel; `nil` leaves a value as it is.
  package struct Channel: Sendable {
    /// The id of the record to send; `.some(nil)` for none.
    package var content: Int64??
    /// Whether the message uses the channel.
    package var isEnabled: Bool?

    /// Creates an empty input.
    package init() {}
  }

  /// The name, 1 to 191 characters.
  package var name: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// The instant from which it is in use; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` for no end.
  package var publishDown: Date??
  /// The channels; those that are not given are kept, but not in use.
  package var channels: [MessageChannel: Channel]?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

extension ListQuery {
  /// The list of messages; its conditions refer to the table `marketing_messages` by that name.
  package static let marketingMessages = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "marketing_messages"),
      QueryColumn("name", .text, of: "marketing_messages"),
      QueryColumn("description", .text, of: "marketing_messages"),
      QueryColumn("category_id", .integer, of: "marketing_messages", otherNames: ["category"]),
      QueryColumn("publish_up", .instant, of: "marketing_messages"),
      QueryColumn("publish_down", .instant, of: "marketing_messages"),
    ] + published("marketing_messages"),
    mainColumns: ["name", "description"])
}
