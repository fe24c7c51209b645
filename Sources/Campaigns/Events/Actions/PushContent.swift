import Contacts
import DynamicContents
import Foundation

/// Puts a content into the slot that the contact's browser asked for (`dwc.push_content`).
struct PushContent: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let content = event.properties.ids("dynamicContent")?.first else {
      return .noted(runners, "no dynamic content is given")
    }
    guard let slot = Self.slot(of: event, in: pass.graph) else {
      return .noted(runners, "no slot is named")
    }
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    let isThere = try await SlotStore.push(content, to: contacts, slot: slot, in: pass.database)
    return isThere
      ? ActionOutcome() : .noted(runners, "the dynamic content \(content) does not exist")
  }

  /// The slot that the action names, else that of the request above it.
  private static func slot(of event: CampaignEvent, in graph: CampaignGraph) -> String? {
    if let slot = SlotDecision.slot(of: event) { return slot }
    var above = event.parent.flatMap { graph[$0] }
    while let event = above {
      if event.type == SlotDecision.type { return SlotDecision.slot(of: event) }
      above = event.parent.flatMap { graph[$0] }
    }
    return nil
  }

  static let check: PropertyCheck = { _, check in
    check.optionalText(SlotDecision.member)
    try await check.records("dynamicContent", in: "dynamic_contents", isRequired: true)
  }
}
