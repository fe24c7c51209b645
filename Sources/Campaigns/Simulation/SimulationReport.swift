package import Foundation

/// The report of a simulation.
package struct SimulationReport: Sendable, Encodable {
  /// One contact's journey.
  package struct Journey: Sendable, Encodable {
    /// The index of the contact in the request.
    package var place: Int
    /// The id of a real contact; nil for an invented one.
    package var contact: Int64?
    /// Whether it was a member at the end.
    package var isMember: Bool
    /// Its entries, in order of time.
    package var entries: [Step]
    /// Events that did not happen, with reasons.
    package var missing: [Missing]
  }

  /// An entry of the log.
  package struct Step: Sendable, Encodable {
    package var event: Int64
    package var name: String
    package var type: String
    package var rotation: Int
    /// The state.
    package var state: String
    /// The path taken.
    package var path: Bool?
    /// The instant at which it was executed, or comes due.
    package var at: Date?
    /// The reason for no effect, or for a cancellation.
    package var note: String?
  }

  /// An event without an entry.
  package struct Missing: Sendable, Encodable {
    package var event: Int64
    package var name: String
    /// The reason.
    package var reason: String
  }

  /// An e-mail that would have been sent.
  package struct Email: Sendable, Encodable {
    /// The index of the contact.
    package var place: Int
    /// The e-mail.
    package var email: Int64
    /// The address.
    package var address: String?
    /// The instant.
    package var at: Date
    /// The state: `queued`, or `held` by a frequency rule …
    package var state: String
  }

  /// A webhook that would have been called.
  package struct Hook: Sendable, Encodable {
    /// The index of the contact.
    package var place: Int
    package var event: Int64
    /// The instant.
    package var at: Date
    package var method: String
    /// The address with its tokens replaced.
    package var url: String
    package var body: String?
  }

  /// The campaign; nil for one that is not saved.
  package var campaign: Int64?
  /// The instant at which it began.
  package var start: Date
  /// The instant at which it ended.
  package var end: Date
  /// The contacts' journeys, in the order of the request.
  package var journeys: [Journey] = []
  /// E-mails, in order of time.
  package var mails: [Email] = []
  /// Webhooks, in order of time.
  package var hooks: [Hook] = []
  /// Whether it stopped at the limit of entries.
  package var isCutOff = false
}
