import Contacts
import Foundation
import Postgres
import Users

/// Adds to campaigns and removes from others (`campaign.addremovelead`, CAM-126). The keyword `this` means
/// the campaign that runs the action.
struct ChangeCampaigns: CampaignAction {
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let contacts = enrollments.map(\.contact)
    let manager = MembershipManager(transaction)
    var missing: [Int64] = []
    for campaign in Self.campaigns("addTo", of: event, in: transaction.campaign) {
      if try await !manager.add(contacts, to: campaign) { missing.append(campaign) }
    }
    for campaign in Self.campaigns("removeFrom", of: event, in: transaction.campaign) {
      if try await !manager.remove(contacts, from: campaign) { missing.append(campaign) }
    }
    if missing.isEmpty { return ActionOutcome() }
    let names = Set(missing).sorted().map(String.init).joined(separator: ", ")
    return .noted(enrollments, "not live or not there: campaign \(names)")
  }

  /// Returns the campaigns in a member, in the order of ids.
  static func campaigns(_ member: String, of event: CampaignEvent, in this: Int64) -> [Int64] {
    let names = event.properties.texts(member)
    return Set(names.compactMap { $0 == "this" ? this : Int64($0) }).sorted()
  }

  static let check: PropertyCheck = { event, check in
    let members = ["addTo", "removeFrom"]
    if members.allSatisfy({ event.properties.texts($0).isEmpty }) {
      check.refuseReference("addTo", "no campaign to add to or to remove from")
    }
    for member in members {
      check.texts(member)
      let names = event.properties.texts(member).filter { $0 != "this" }
      for name in names where Int64(name) == nil {
        check.refuse(member, "\(InvalidInput.shown(name)) is neither a number nor this")
      }
      try await check.campaigns(names.compactMap { Int64($0) }, member)
    }
    guard event.properties.texts("addTo").contains("this") else { return }
    // Restarting without a pause would loop endlessly (CAM-007).
    let trigger = event.trigger
    if trigger.mode == .immediate {
      check.refuse("addTo", "an event that restarts its own campaign cannot be immediate")
    } else if trigger.mode == .interval, trigger.unit == .minute, trigger.interval < 30 {
      check.refuse(
        "addTo",
        "an event that restarts its own campaign waits at least 30 minutes, not \(trigger.interval)"
      )
    }
  }
}

/// Deletes the contact (`lead.deletecontact`, CAM-350).
struct DeleteContact: CampaignAction {
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    var outcome = ActionOutcome()
    let contacts = enrollments.map(\.contact)
    let fields = try await transaction.engine.fields.current(on: transaction.connection)
    try await ContactDeletion.delete(
      contacts, fields: fields, by: .system, in: transaction.database)
    outcome.deleted.formUnion(contacts)
    return outcome
  }
}
