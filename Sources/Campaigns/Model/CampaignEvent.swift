package import Primitives

/// The kind of an event (campaigns.md 1).
package enum EventKind: String, Sendable, Codable, CaseIterable {
  /// Something that the system does to or for the contact.
  case action
  /// Something that the contact may do.
  case decision
  /// A question about the contact's data.
  case condition
}

/// A node of a campaign's graph (campaigns.md 2.3).
package struct CampaignEvent: Sendable, Identifiable, Equatable {
  /// The event's id.
  package var id: Int64
  /// The event above it; nil for a root.
  package var parent: Int64?
  /// The path below a decision or condition: true for `yes`; nil elsewhere.
  package var path: Bool?
  /// Action, decision or condition.
  package var kind: EventKind
  /// The type, such as `email.send`.
  package var type: String
  package var name: String
  /// The description.
  package var description: String?
  /// The position among siblings.
  package var position: Int
  /// The settings of its type.
  package var properties: JSONValue
  /// The time at which it fires; ignored for a decision.
  package var trigger: Trigger
  /// The kind of the event's channel, for statistics, such as `email`.
  package var channel: String?
  /// The id of the channel's record.
  package var channelID: Int64?

  package init(
    id: Int64, parent: Int64? = nil, path: Bool? = nil, kind: EventKind, type: String,
    name: String, description: String? = nil, position: Int = 0,
    properties: JSONValue = .object([:]), trigger: Trigger = Trigger(), channel: String? = nil,
    channelID: Int64? = nil
  ) {
    self.id = id
    self.parent = parent
    self.path = path
    self.kind = kind
    self.type = type
    self.name = name
    self.description = description
    self.position = position
    self.properties = properties
    self.trigger = trigger
    self.channel = channel
    self.channelID = channelID
  }

  /// The event that a jump leads to (CAM-009).
  package var jumpTarget: Int64? {
    type == EventType.jump ? properties["jumpToEvent"]?.int.map(Int64.init) : nil
  }
}

/// The types with a special meaning for the engine.
enum EventType {
  static let jump = "campaign.jump_to_event"
  static let changeCampaigns = "campaign.addremovelead"
  static let deleteContact = "lead.deletecontact"
  static let sendEmail = "email.send"
}
