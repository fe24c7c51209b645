package import Foundation
package import Primitives

/// A reference of a request to an event: an id or, for a new one, a text chosen by the client.
package enum EventReference: Sendable, Hashable {
  case id(Int64)
  case new(String)
}

/// The members of an event that a request sets; `nil` leaves a member as it is.
package struct EventInput: Sendable {
  /// The event.
  package var reference: EventReference
  /// The event above it; `.some(nil)` makes it a root.
  package var parent: EventReference??
  /// The events below it.
  package var children: [EventReference] = []
  /// `yes` or `no`; `.some(nil)` clears it.
  package var path: String??
  /// Action, decision or condition.
  package var kind: String?
  /// The type.
  package var type: String?
  package var name: String?
  /// The description.
  package var description: String??
  /// The position among siblings.
  package var position: Int?
  /// The settings of its type.
  package var properties: JSONValue?
  /// The members of its trigger, by their names on the wire.
  package var trigger: [String: JSONValue] = [:]
  /// The kind of its channel.
  package var channel: String??
  /// The id of its channel's record.
  package var channelID: Int64??

  /// Members that cannot be read.
  package var problems: [String] = []

  /// Creates an event without members.
  package init(_ reference: EventReference) { self.reference = reference }
}

/// The members of a campaign that a request sets; `nil` leaves a member as it is.
package struct CampaignInput: Sendable {
  package var name: String?
  /// The description; an empty text clears it.
  package var description: String?
  /// The category; `.some(nil)` clears it.
  package var category: Int64??
  package var isPublished: Bool?
  /// The start of publication; `.some(nil)` clears it.
  package var publishUp: Date??
  /// The end of publication; `.some(nil)` clears it.
  package var publishDown: Date??
  /// Whether contacts may run through it more than once.
  package var allowsRestart: Bool?
  /// Positions and connections of the builder.
  package var canvas: JSONValue?
  /// The segments that are its sources, all of them.
  package var segments: [Int64]?
  /// The forms that are its sources, all of them.
  package var forms: [Int64]?
  /// Events to add and to change.
  package var events: [EventInput]?
  /// The version that was read (CAM-620); without one the edit applies to any version.
  package var version: Int64?

  /// Creates an empty input.
  package init() {}
}
