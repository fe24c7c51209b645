import Fields
package import Foundation
package import Primitives

/// A simulation to be run.
package struct SimulationRequest: Sendable {
  /// Bounds on what a simulation may ask for.
  package enum Limits {
    /// The most contacts.
    package static let contacts = 100
    /// The most engagements and changes.
    package static let steps = 1_000
    /// The longest stretch of time, years.
    package static let years = 20
    /// The most entries executed.
    package static let entries = 100_000
    /// The longest time it may take; the report shows how far it came.
    package static let time = Duration.seconds(20)
  }

  /// A contact that takes part.
  package enum Someone: Sendable, Equatable {
    /// A real one, as it is now.
    case real(Int64)
    /// One made up for it: values of fields, tags, segments.
    case made(fields: [String: JSONValue], tags: [String], segments: [Int64])

    /// The id of a real one.
    var number: Int64? { if case .real(let id) = self { id } else { nil } }
  }

  /// The instant of a step.
  package enum When: Sendable, Equatable {
    /// At an instant.
    case at(Date)
    /// After the start, by a delay.
    case afterStart(String)
    /// After the contact's entry for an event was executed, by a delay.
    case afterEvent(EventReference, String)
  }

  /// An engagement of a contact, or a change of it.
  package struct Step: Sendable {
    /// The place of the contact in the list; nil: all of them.
    package var contact: Int?
    package var when: When
    package var what: What
  }

  /// The kind of a step.
  package enum What: Sendable {
    /// The contact engages: a type of decision, the records it is about, further facts.
    case engagement(type: String, objects: [Int64], url: String?, details: [String: String])
    /// The contact's record changes.
    case change(
      fields: [String: JSONValue], addTags: [String], removeTags: [String],
      addSegments: [Int64], removeSegments: [Int64])
    /// The contact is removed from the campaign by hand.
    case leave
    /// The contact is added to the campaign by hand.
    case enter
  }

  /// The saved campaign; nil where one is given.
  package var campaign: Int64?
  /// A campaign that need not be saved; with ``campaign``, what is changed of it.
  package var input: CampaignInput?
  /// The instant at which it begins.
  package var start: Date
  /// The instant until which it runs.
  package var end: Date
  /// The contacts that take part.
  package var contacts: [Someone]
  /// Engagements and changes on the way.
  package var steps: [Step]
  /// Whether webhooks fail.
  package var webhooksFail: Bool
}
