import Foundation
import Transfer

@testable import Campaigns

/// An action that passes, notes or fails by contact and time; every other batch with a failing contact
/// throws, so that the engine has to isolate it (CAM-307).
struct TrialAction: CampaignAction {
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let rule = TrialRule(event)
    var outcome = ActionOutcome()
    for enrollment in enrollments {
      if let failure = rule.failure(enrollment.contact, transaction.now) {
        if event.id % 2 == 0 { throw failure }
        outcome.failures[enrollment.contact] = failure
      }
      outcome.notes[enrollment.contact] = rule.note(enrollment.contact, transaction.now)
    }
    return outcome
  }
}

/// An external effect whose result the test decides.
struct TrialExternal: PlainExternalAction {
  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure> { .success(()) }
}

/// An external action that needs none of a contact's data.
protocol PlainExternalAction: ExternalAction {}

extension PlainExternalAction {
  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ transaction: CampaignTransaction
  ) async throws -> [Int64: ExternalContact] {
    Dictionary(uniqueKeysWithValues: contacts.map { ($0, ExternalContact(id: $0, tokens: [:])) })
  }
}

extension EventTypes {
  /// The standard types and those of the model check.
  static var trial: EventTypes {
    var types = EventTypes.standard(mail: nil, http: HTTPClient())
    types.add("trial.action", .action(TrialAction()))
    types.add("trial.outside", .external(TrialExternal()))
    return types
  }
}
