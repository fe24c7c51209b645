import Contacts
import Foundation
import Postgres
import Users

/// Adds to campaigns and removes from others (`campaign.addremovelead`, CAM-126). The keyword `this` is the
/// campaign that runs the action.
struct ChangeCampaigns: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let contacts = runners.map(\.contact)
    var missing: [Int64] = []
    for campaign in Self.campaigns("addTo", of: event, in: pass.campaign) {
      if try await !pass.add(contacts, to: campaign) { missing.append(campaign) }
    }
    for campaign in Self.campaigns("removeFrom", of: event, in: pass.campaign) {
      // Who leaves by the campaign's own plan is to have what the plan sends before.
      let isOwn = campaign == pass.campaign
      let isThere = try await pass.within(campaign) {
        _ = try await $0.leave(contacts, .exit, withdrawsMail: !isOwn)
      }
      if !isThere { missing.append(campaign) }
    }
    if missing.isEmpty { return ActionOutcome() }
    let names = Set(missing).sorted().map(String.init).joined(separator: ", ")
    return .noted(runners, "not live or not there: campaign \(names)")
  }

  /// The campaigns that a member names, in order of their numbers.
  static func campaigns(_ member: String, of event: CampaignEvent, in this: Int64) -> [Int64] {
    let names = event.properties.texts(member)
    return Set(names.compactMap { $0 == "this" ? this : Int64($0) }).sorted()
  }

  static let check: PropertyCheck = { event, check in
    let members = ["addTo", "removeFrom"]
    if members.allSatisfy({ event.properties.texts($0).isEmpty }) {
      check.refuse("addTo", "no campaign to add to or to remove from")
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
    // Restarting without a pause would run for ever (CAM-007).
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

extension CampaignTransaction {
  /// Adds contacts to a campaign, which may be this one or one whose pass led here: whoever begins it anew has
  /// left the run that is under way there (CAM-107, CAM-125).
  ///
  /// - Returns: Whether the campaign is there, and live.
  func add(_ contacts: [Int64], to campaign: Int64) async throws -> Bool {
    try await within(campaign) { pass in
      let (held, waiting) = (pass.gone, pass.jumps)
      (pass.gone, pass.jumps) = ([], [])
      let entered = try await pass.enter(
        pass.family.fresh(contacts, in: campaign), by: .manual)
      (pass.gone, pass.jumps) = (held.union(entered), waiting)
    }
  }

  /// Does something to a campaign within this transaction, by the pass that is under way there if one is. A
  /// campaign that does not exist or is not live is left alone (CAM-602, CAM-641).
  ///
  /// - Returns: Whether it is there, and live.
  func within(_ campaign: Int64, _ body: (CampaignTransaction) async throws -> Void) async throws
    -> Bool
  {
    if let pass = family[campaign] {
      if pass.isLive { try await body(pass) }
      return pass.isLive
    }
    let done = try await engine.pass(
      campaign, now: now, on: connection, outbox, family: family, body)
    if let done { adopt(done.wakes) }
    return done != nil
  }
}

/// Deletes the contact (`lead.deletecontact`, CAM-350).
struct DeleteContact: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    var outcome = ActionOutcome()
    let contacts = runners.map(\.contact)
    let fields = try await pass.engine.fields.current(on: pass.connection)
    try await ContactDeletion.delete(
      contacts, fields: fields, by: .system, now: pass.now, on: pass.connection)
    outcome.deleted.formUnion(contacts)
    return outcome
  }
}
