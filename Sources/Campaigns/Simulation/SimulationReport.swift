public import Foundation

/// What a simulation showed.
public struct SimulationReport: Sendable {
  /// One contact's way.
  public struct Journey: Sendable {
    /// The place in the request.
    public var place: Int
    /// The number of a real contact; nil for one made up.
    public var contact: Int64?
    /// Whether it was a member at the end.
    public var isMember: Bool
    /// Its entries, in order of time.
    public var entries: [Step]
    /// Events that did not happen, and why.
    public var missing: [Missing]
  }

  /// An entry of the log.
  public struct Step: Sendable {
    /// The event.
    public var event: Int64
    /// Its name.
    public var name: String
    /// Its type.
    public var type: String
    /// The rotation.
    public var rotation: Int
    /// What became of it.
    public var state: String
    /// The path taken.
    public var path: Bool?
    /// When it was executed, or is to be.
    public var at: Date?
    /// Why it had no effect, or was cancelled.
    public var note: String?
  }

  /// An event without an entry.
  public struct Missing: Sendable {
    /// The event.
    public var event: Int64
    /// Its name.
    public var name: String
    /// Why it did not happen.
    public var reason: String
  }

  /// An e-mail that would have been sent.
  public struct Mail: Sendable {
    /// The place of the contact.
    public var place: Int
    /// The e-mail.
    public var email: Int64
    /// To which address.
    public var address: String?
    /// When.
    public var at: Date
    /// `queued`, or `held` by a frequency rule …
    public var state: String
  }

  /// A webhook that would have been called.
  public struct Hook: Sendable {
    /// The place of the contact.
    public var place: Int
    /// The event.
    public var event: Int64
    /// When.
    public var at: Date
    /// The method.
    public var method: String
    /// The address with its tokens replaced.
    public var url: String
    /// The content.
    public var body: String?
  }

  /// The campaign; nil for one that is not saved.
  public var campaign: Int64?
  /// The instant at which it began.
  public var start: Date
  /// The instant until which it ran.
  public var end: Date
  /// The contacts' ways, in order of the request.
  public var journeys: [Journey] = []
  /// E-mails, in order of time.
  public var mails: [Mail] = []
  /// Webhooks, in order of time.
  public var hooks: [Hook] = []
  /// Whether it stopped at the limit of entries.
  public var isCutOff = false
}
