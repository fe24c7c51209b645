import Contacts
package import Foundation
import Postgres

/// What an action did to the contacts of a batch. Who is not named passed.
package struct ActionOutcome: Sendable {
  /// Executed without effect, and why (CAM-306); the run goes on.
  package var notes: [Int64: String] = [:]
  /// Failed; the run waits for another attempt (CAM-501).
  package var failures: [Int64: ActionFailure] = [:]
  /// Deleted, entries and all (CAM-350).
  package var deleted: Set<Int64> = []

  package init() {}

  /// Everybody passed with a note.
  static func noted(_ runners: [Enrollment], _ note: String) -> ActionOutcome {
    var outcome = ActionOutcome()
    for runner in runners { outcome.notes[runner.contact] = note }
    return outcome
  }

  mutating func merge(_ other: ActionOutcome) {
    notes.merge(other.notes) { $1 }
    failures.merge(other.failures) { $1 }
    deleted.formUnion(other.deleted)
  }
}

/// Why an action failed for a contact.
package struct ActionFailure: Error, Sendable, Equatable {
  /// In words.
  package var reason: String
  /// Whether waiting cannot change it (CAM-507).
  package var isFinal: Bool
  /// The pause before the next attempt; nil is the standard one.
  package var retryAfter: Duration?

  /// A failure; of those that another attempt may mend unless told otherwise.
  package init(_ reason: String, isFinal: Bool = false, retryAfter: Duration? = nil) {
    self.reason = reason
    self.isFinal = isFinal
    self.retryAfter = retryAfter
  }
}

/// An action whose effect lies in the database: applied in the transaction that executes the entries.
protocol CampaignAction: Sendable {
  /// Applies the effect to a batch, each contact once, in ascending order of contacts.
  ///
  /// An error that the data of one contact caused may leave it: the batch is then cut in halves until the
  /// contact stands alone (CAM-307).
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
}

/// An action with an effect outside of the database: the entries are claimed and committed first, then the
/// effect is had, then what came of it is recorded (CAM-910).
protocol ExternalAction: Sendable {
  /// Has the effect for a contact. May be repeated after a crash, with the same key.
  ///
  /// What it gives speaks of the other side alone: a failure counts as an attempt (CAM-501). Whatever it
  /// needs of the database is therefore read before.
  ///
  /// - Parameters:
  ///   - key: Names the entry to the receiver, the same at every attempt (CAM-453).
  ///   - settings: Those under which the entry was claimed.
  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure>

  /// What the effect needs to know of contacts, read before it.
  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ pass: CampaignTransaction
  ) async throws -> [Int64: ExternalContact]
}

/// What an outside action knows of a contact.
struct ExternalContact: Sendable {
  var id: Int64
  /// Values of tokens, by name.
  var tokens: [String: String]
}

/// A question about contacts (campaigns.md 7.3).
protocol CampaignCondition: Sendable {
  /// The question as a condition on `contacts AS c`, true or false, never null.
  ///
  /// - Returns: nil where what it asks about does not exist (CAM-440).
  func condition(_ event: CampaignEvent, _ pass: CampaignTransaction) async throws -> SQL?
}

/// Something that contacts do (campaigns.md 7.2).
protocol CampaignDecision: Sendable {
  /// Whether an act decides the event.
  ///
  /// - Parameter parent: The event above it, which e-mail decisions refer to.
  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ act: CampaignEngagement) -> Bool
}

/// Something that a contact did (CAM-402).
package struct CampaignEngagement: Sendable, Codable, Equatable {
  /// The type of decisions that it may decide, such as `email.open`.
  package var type: String
  /// Who.
  package var contact: Int64
  /// When it was done, not when it is processed (CAM-404).
  package var at: Date
  /// The records it is about: an e-mail with its translations and variants, a form, a page.
  package var objects: Set<Int64>
  /// The address it is about: a page, a clicked link.
  package var url: String?
  /// Further facts by name, such as `referer` or `device_type`.
  package var details: [String: String]

  package init(
    type: String, contact: Int64, at: Date, objects: Set<Int64> = [], url: String? = nil,
    details: [String: String] = [:]
  ) {
    self.type = type
    self.contact = contact
    self.at = at
    self.objects = objects
    self.url = url
    self.details = details
  }
}

/// Checks what a type's properties say; gives what is wrong, by member.
typealias PropertyCheck =
  @Sendable (_ event: CampaignEvent, _ check: inout EventCheck) async throws
  -> Void

/// The types of events there are (campaigns.md 7).
struct EventTypes: Sendable {
  /// What a type does.
  enum Handler: Sendable {
    case action(any CampaignAction)
    case outside(any ExternalAction)
    case jump
    case condition(any CampaignCondition)
    case decision(any CampaignDecision)

    var kind: EventKind {
      switch self {
      case .action, .outside, .jump: .action
      case .condition: .condition
      case .decision: .decision
      }
    }
  }

  private var handlers: [String: Handler] = [:]
  private var checks: [String: PropertyCheck] = [:]

  init() {}

  mutating func add(_ type: String, _ handler: Handler, check: PropertyCheck? = nil) {
    handlers[type] = handler
    checks[type] = check
  }

  /// What a type does; nil for one that is not installed.
  subscript(type: String) -> Handler? { handlers[type] }

  func check(_ type: String) -> PropertyCheck? { checks[type] }
}
