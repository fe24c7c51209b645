import Foundation
import Postgres

/// An action with an effect in the database, applied in the transaction that executes the entries.
protocol CampaignAction: Sendable {
  /// Applies the effect to a batch, each contact once, in ascending order of contacts.
  ///
  /// It may throw an error caused by the data of one contact: the batch is then split in halves until the
  /// contact is alone (CAM-307).
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
}

/// An action with an effect outside of the database: the entries are claimed and committed first, then the
/// effect is performed, then its result is recorded (CAM-910).
protocol ExternalAction: Sendable {
  /// Performs the effect for a contact. It may be repeated after a crash, with the same key.
  ///
  /// The result describes the remote side only: a failure counts as an attempt (CAM-501). Data from the
  /// database is therefore read before.
  ///
  /// - Parameters:
  ///   - key: Identifies the entry to the receiver, the same at every attempt (CAM-453).
  ///   - settings: Those under which the entry was claimed.
  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure>

  /// Reads the contact data that the effect needs.
  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ transaction: CampaignTransaction
  ) async throws -> [Int64: ExternalContact]
}

/// The contact data for an external action.
struct ExternalContact: Sendable {
  var id: Int64
  /// Values of tokens, by name.
  var tokens: [String: String]
}

/// A condition on contacts (campaigns.md 7.3).
protocol CampaignCondition: Sendable {
  /// Returns the condition on `contacts AS c`, true or false, never null.
  ///
  /// - Returns: nil if its subject does not exist (CAM-440).
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL?
}

/// A decision by engagements of contacts (campaigns.md 7.2).
protocol CampaignDecision: Sendable {
  /// Whether an engagement decides the event.
  ///
  /// - Parameter parent: The event above it, which e-mail decisions refer to.
  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool

  /// Applies the decision's own effect to the contacts whose engagements have decided it; nothing by default.
  func decided(
    _ event: CampaignEvent, _ engagements: [CampaignEngagement],
    _ transaction: CampaignTransaction
  ) async throws
}

extension CampaignDecision {
  func decided(
    _ event: CampaignEvent, _ engagements: [CampaignEngagement],
    _ transaction: CampaignTransaction
  ) async throws {}
}

/// Checks the properties of an event of a type.
typealias PropertyCheck =
  @Sendable (_ event: CampaignEvent, _ check: inout EventCheck) async throws
  -> Void

/// The installed types of events (campaigns.md 7).
struct EventTypes: Sendable {
  /// The behavior of a type.
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

  /// The behavior of a type; nil for one that is not installed.
  subscript(type: String) -> Handler? { handlers[type] }

  func check(_ type: String) -> PropertyCheck? { checks[type] }
}
