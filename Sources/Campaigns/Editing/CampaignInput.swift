public import Contacts
public import Foundation

/// An event as a request names it: by its number, or, while it is new, by a text of the client's own.
public enum EventReference: Sendable, Hashable {
  case id(Int64)
  case new(String)
}

/// An event as it is to become; `nil` leaves a member as it is.
public struct EventInput: Sendable {
  /// Which one.
  public var reference: EventReference
  /// The event above it; `.some(nil)` none.
  public var parent: EventReference??
  /// The events below it, which name their parent so.
  public var children: [EventReference] = []
  /// `yes` or `no`; `.some(nil)` none.
  public var path: String??
  /// Action, decision or condition.
  public var kind: String?
  /// What it does.
  public var type: String?
  /// The name.
  public var name: String?
  /// What it is for.
  public var description: String??
  /// The place among siblings.
  public var position: Int?
  /// What its type wants to know.
  public var properties: JSONValue?
  /// The members of its trigger, by their names on the wire.
  public var trigger: [String: JSONValue] = [:]
  /// What it is about.
  public var channel: String??
  /// The number of what it is about.
  public var channelID: Int64??

  /// What of it cannot be read.
  public var problems: [String] = []

  /// Nothing of an event.
  public init(_ reference: EventReference) { self.reference = reference }
}

/// A campaign as it is to become; `nil` leaves a member as it is.
public struct CampaignInput: Sendable {
  /// The name.
  public var name: String?
  /// What it is for; an empty text is none.
  public var description: String?
  /// The category; `.some(nil)` none.
  public var category: Int64??
  /// The switch.
  public var isPublished: Bool?
  /// From when on the switch counts; `.some(nil)` always.
  public var publishUp: Date??
  /// Until when the switch counts; `.some(nil)` for ever.
  public var publishDown: Date??
  /// Whether a contact may run through it more than once.
  public var allowsRestart: Bool?
  /// Positions and connections of the builder.
  public var canvas: JSONValue?
  /// The segments that are its sources, all of them.
  public var segments: [Int64]?
  /// The forms that are its sources, all of them.
  public var forms: [Int64]?
  /// Events to add and to change.
  public var events: [EventInput]?
  /// The version that was read (CAM-620); without one the edit applies to whatever there is.
  public var version: Int64?

  /// Nothing.
  public init() {}
}
