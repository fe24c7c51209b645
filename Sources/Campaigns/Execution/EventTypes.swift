import Foundation
import Postgres

/// An action whose effect lies in the database: applied in the transaction that executes the entries.
protocol CampaignAction: Sendable {
  /// Applies the effect to a batch, each contact once, in ascending order of contacts.
  ///
  /// An error that the data of one contact caused may leave it: the batch is then cut in halves until the
  /// contact stands alone (CAM-307).
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
}

/// An action with an effect outside of the database: the entries are claimed and committed first, then the
/// effect is had, then what came of it is recorded (CAM-910).
protocol ExternalAction: Sendable {
  /// Has the effect for a contact. May be repeated after a crash, with the same key.
  ///
  /// The result speaks of the other side alone: a failure counts as an attempt (CAM-501). What it needs of the
  /// database is therefore read before.
  ///
  /// - Parameters:
  ///   - key: Names the entry to the receiver, the same at every attempt (CAM-453).
  ///   - settings: Those under which the entry was claimed.
  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure>

  /// Reads what the effect needs to know of contacts.
  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ transaction: CampaignTransaction
  ) async throws -> [Int64: ExternalContact]
}

/// A contact as an external action sees it.
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
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL?
}

/// Something that contacts do (campaigns.md 7.2).
protocol CampaignDecision: Sendable {
  /// Whether an engagement decides the event.
  ///
  /// - Parameter parent: The event above it, which e-mail decisions refer to.
  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
}

/// Checks the properties of an event of a type.
typealias PropertyCheck =
  @Sendable (_ event: CampaignEvent, _ check: inout EventCheck) async throws
  -> Void

/// The types of events there are (campaigns.md 7).
struct EventTypes: Sendable {
  /// The behaviour of a type.
  enum Handler: Sendable {
    case action(any CampaignAction)
    case external(any ExternalAction)
    case jump
    case condition(any CampaignCondition)
    case decision(any CampaignDecision)

    var kind: EventKind {
      switch self {
      case .action, .external, .jump: .action
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

  /// The behaviour of a type; nil for one that is not installed.
  subscript(type: String) -> Handler? { handlers[type] }

  func check(_ type: String) -> PropertyCheck? { checks[type] }
}
