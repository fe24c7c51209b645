package import Contacts
package import Foundation

/// An event as a request names it: by its number, or, while it is new, by a text of the client's own.
package enum EventReference: Sendable, Hashable {
  case id(Int64)
  case new(String)
}

/// An event as it is to become; `nil` leaves a member as it is.
package struct EventInput: Sendable {
  /// Which one.
  package var reference: EventReference
  /// The event above it; `.some(nil)` none.
  package var parent: EventReference??
  /// The events below it, which name their parent so.
  package var children: [EventReference] = []
  /// `yes` or `no`; `.some(nil)` none.
  package var path: String??
  /// Action, decision or condition.
  package var kind: String?
  /// What it does.
  package var type: String?
  package var name: String?
  /// What it is for.
  package var description: String??
  /// The place among siblings.
  package var position: Int?
  /// What its type wants to know.
  package var properties: JSONValue?
  /// The members of its trigger, by their names on the wire.
  package var trigger: [String: JSONValue] = [:]
  /// What it is about.
  package var channel: String??
  /// The number of what it is about.
  package var channelID: Int64??

  /// What of it cannot be read.
  package var problems: [String] = []

  /// Nothing of an event.
  package init(_ reference: EventReference) { self.reference = reference }
}

/// A campaign as it is to become; `nil` leaves a member as it is.
package struct CampaignInput: Sendable {
  package var name: String?
  /// What it is for; an empty text is none.
  package var description: String?
  /// The category; `.some(nil)` none.
  package var category: Int64??
  package var isPublished: Bool?
  /// From when on the switch counts; `.some(nil)` always.
  package var publishUp: Date??
  /// Until when the switch counts; `.some(nil)` for ever.
  package var publishDown: Date??
  /// Whether a contact may run through it more than once.
  package var allowsRestart: Bool?
  /// Positions and connections of the builder.
  package var canvas: JSONValue?
  /// The segments that are its sources, all of them.
  package var segments: [Int64]?
  /// The forms that are its sources, all of them.
  package var forms: [Int64]?
  /// Events to add and to change.
  package var events: [EventInput]?
  /// The version that was read (CAM-620); without one the edit applies to whatever there is.
  package var version: Int64?

  /// Nothing.
  package init() {}
}
