import Fields
package import Foundation
package import Primitives

/// A request for a simulation.
package struct SimulationRequest: Sendable {
  /// The limits of a simulation.
  package enum Limits {
    /// The maximum number of contacts.
    package static let contacts = 100
    /// The maximum number of engagements and changes.
    package static let steps = 1_000
    /// The maximum simulated time, in years.
    package static let years = 20
    /// The maximum number of executed entries.
    package static let entries = 100_000
    /// The maximum duration; the report shows the progress by then.
    package static let time = Duration.seconds(20)
  }

  /// A contact of the simulation.
  package enum Someone: Sendable, Equatable {
    /// A real contact in its current state.
    case real(Int64)
    /// An invented contact: values of fields, tags, segments.
    case made(fields: [String: JSONValue], tags: [String], segments: [Int64])

    /// The id of a real contact.
    var realID: Int64? { if case .real(let id) = self { id } else { nil } }
  }

  /// The time of a step.
  package enum When: Sendable, Equatable {
    /// At an instant.
    case at(Date)
    /// A delay after the start.
    case afterStart(String)
    /// A delay after the execution of the contact's entry for an event.
    case afterEvent(EventReference, String)
  }

  /// An engagement or a change of a contact.
  package struct Step: Sendable {
    /// The index of the contact in the list; nil for all of them.
    package var contact: Int?
    package var when: When
    package var what: What
  }

  /// The kind of a step.
  package enum What: Sendable {
    /// An engagement: a type of decision, the records it is about, further details.
    case engagement(type: String, objects: [Int64], url: String?, details: [String: String])
    /// A change of the contact's record.
    case change(
      fields: [String: JSONValue], addTags: [String], removeTags: [String],
      addSegments: [Int64], removeSegments: [Int64])
    /// The removal of the contact from the campaign by hand.
    case leave
    /// The addition of the contact to the campaign by hand.
    case enter
  }

  /// The saved campaign; nil if one is given.
  package var campaign: Int64?
  /// A campaign that need not be saved; with ``campaign``, the changes to it.
  package var input: CampaignInput?
  /// The instant at which it begins.
  package var start: Date
  /// The instant at which it ends.
  package var end: Date
  /// The contacts of the simulation.
  package var contacts: [Someone]
  /// The ids of the real contacts among them.
  package var realContacts: [Int64] { contacts.compactMap(\.realID) }
  /// The engagements and changes during the simulation.
  package var steps: [Step]
  /// Whether webhooks fail.
  package var webhooksFail: Bool
  /// The maximum duration of the simulation itself.
  var timeLimit = Limits.time
}
