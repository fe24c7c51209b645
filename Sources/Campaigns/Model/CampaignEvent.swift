public import Contacts

/// What an event is (campaigns.md 1).
public enum EventKind: String, Sendable, Codable, CaseIterable {
  /// Something the system does to or for the contact.
  case action
  /// Something the contact may do.
  case decision
  /// A question about the contact's data.
  case condition
}

/// A node of a campaign's graph (campaigns.md 2.3).
public struct CampaignEvent: Sendable, Identifiable, Equatable {
  /// The event's number.
  public var id: Int64
  /// The event it hangs under; nil for a root.
  public var parent: Int64?
  /// On which path below a decision or condition: true for `yes`; nil elsewhere.
  public var path: Bool?
  /// Action, decision or condition.
  public var kind: EventKind
  /// What it does, such as `email.send`.
  public var type: String
  /// The name.
  public var name: String
  /// What it is for.
  public var description: String?
  /// The place among siblings.
  public var position: Int
  /// What its type wants to know.
  public var properties: JSONValue
  /// When it fires; a decision's means nothing.
  public var trigger: Trigger
  /// What the event is about, for statistics, such as `email`.
  public var channel: String?
  /// The number of what it is about.
  public var channelID: Int64?

  /// An event.
  public init(
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
  public var jumpTarget: Int64? {
    type == EventType.jump ? properties["jumpToEvent"]?.int.map(Int64.init) : nil
  }
}

/// Types that the engine itself gives a meaning to.
enum EventType {
  static let jump = "campaign.jump_to_event"
  static let changeCampaigns = "campaign.addremovelead"
  static let deleteContact = "lead.deletecontact"
  static let sendEmail = "email.send"
}
