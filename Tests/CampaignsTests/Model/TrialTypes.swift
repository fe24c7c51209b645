import Foundation
import Transfer

@testable import Campaigns

/// An action that passes, notes or fails by contact and time; every other batch that holds a failing contact
/// throws, so that the engine has to find out who it was (CAM-307).
struct TrialAction: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let rule = TrialRule(event)
    var outcome = ActionOutcome()
    for runner in runners {
      if let failure = rule.failure(runner.contact, pass.now) {
        if event.id % 2 == 0 { throw failure }
        outcome.failures[runner.contact] = failure
      }
      outcome.notes[runner.contact] = rule.note(runner.contact, pass.now)
    }
    return outcome
  }
}

/// An effect outside of the database; what comes of it the test says.
struct TrialOutside: ExternalAction {
  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure> { .success(()) }

  func read(
    _ event: CampaignEvent, _ contacts: [Int64], _ pass: CampaignTransaction
  ) async throws -> [Int64: ExternalContact] {
    Dictionary(uniqueKeysWithValues: contacts.map { ($0, ExternalContact(id: $0, tokens: [:])) })
  }
}

extension EventTypes {
  /// The standard types and those of the model check.
  static var trial: EventTypes {
    var types = EventTypes.standard(mail: nil, http: HTTPClient())
    types.add("trial.action", .action(TrialAction()))
    types.add("trial.outside", .outside(TrialOutside()))
    return types
  }
}
