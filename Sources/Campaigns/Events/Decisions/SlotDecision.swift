import Contacts
package import DynamicContents
import Foundation
package import JobQueue

/// Tests whether the contact's browser asked for the slot (`dwc.decision`). Without a name any slot matches.
struct SlotDecision: CampaignDecision {
  static let type = "dwc.decision"
  static let member = "dwc_slot_name"

  /// The name of the slot; nil if there is none.
  static func slot(of event: CampaignEvent) -> String? {
    event.properties[member]?.text.flatMap { $0.isEmpty ? nil : $0 }
  }

  func matches(_ event: CampaignEvent, parent: CampaignEvent?, _ engagement: CampaignEngagement)
    -> Bool
  {
    Self.slot(of: event).map { $0 == engagement.details["slot"] } ?? true
  }

  /// Puts the default content into the slot; actions below may put another one in its place.
  func decided(
    _ event: CampaignEvent, _ engagements: [CampaignEngagement], _ pass: CampaignTransaction
  ) async throws {
    guard let content = event.properties.ids("dynamicContent")?.first else { return }
    let slots = Dictionary(grouping: engagements) { $0.details["slot"] ?? "" }
    for (slot, engagements) in slots.sorted(by: { $0.key < $1.key }) where !slot.isEmpty {
      let contacts = try await ContactLock.lock(
        engagements.map(\.contact), on: pass.connection)
      // A default content that is gone leaves the slot as it is.
      _ = try await SlotStore.push(content, to: contacts, slot: slot, in: pass.database)
    }
  }

  static let check: PropertyCheck = { _, check in
    check.optionalText(member)
    try await check.records("dynamicContent", in: "dynamic_contents", isRequired: false)
  }
}

/// Resolves open decisions by requests for slots of web pages.
package struct CampaignSlotObserver: SlotObserver {
  private let runtime: @Sendable () -> CampaignService

  /// Creates an observer.
  ///
  /// - Parameter runtime: Returns the campaigns.
  package init(_ runtime: @escaping @Sendable () -> CampaignService) { self.runtime = runtime }

  /// Decides `dwc.decision`; what is to be done at once is done before the slot is answered.
  package func requested(_ request: SlotRequest, in transaction: Transaction) async throws {
    try await runtime().record(
      [
        CampaignEngagement(
          type: SlotDecision.type, contact: request.contact, at: request.at,
          details: ["slot": request.slot])
      ], in: transaction)
  }
}
