import Contacts
import Foundation
import Postgres
import Users

/// Adds to campaigns and removes from others (`campaign.addremovelead`, CAM-126). The keyword `this` is the
/// campaign that runs the action.
struct ChangeCampaigns: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Runner], _ pass: Pass) async throws -> ActionOutcome
  {
    var outcome = ActionOutcome()
    let contacts = runners.map(\.contact)
    for campaign in Self.campaigns("addTo", of: event, in: pass.campaign) {
      if campaign == pass.campaign {
        // Whoever begins anew leaves the run in which this action stands.
        let again = try await pass.enterAgain(contacts)
        outcome.gone.formUnion(again)
      } else {
        try await pass.other(campaign) { _ = try await $0.enter(contacts, by: .manual) }
      }
    }
    for campaign in Self.campaigns("removeFrom", of: event, in: pass.campaign) {
      if campaign == pass.campaign {
        outcome.gone.formUnion(try await pass.leave(contacts, .exit))
      } else {
        try await pass.other(campaign) { _ = try await $0.leave(contacts, .exit) }
      }
    }
    return outcome
  }

  /// The campaigns that a member names, in order of their numbers.
  static func campaigns(_ member: String, of event: CampaignEvent, in this: Int64) -> [Int64] {
    let names = event.properties.texts(member)
    return Set(names.compactMap { $0 == "this" ? this : Int64($0) }).sorted()
  }

  static let check: PropertyCheck = { event, check in
    let names = event.properties.texts("addTo") + event.properties.texts("removeFrom")
    if names.isEmpty { check.refuse("addTo", "no campaign to add to or to remove from") }
    let ids = names.filter { $0 != "this" }
    for name in ids where Int64(name) == nil {
      check.refuse("addTo", "\(InvalidInput.shown(name)) is neither a number nor this")
    }
    let rows = try await check.connection.query(
      """
      SELECT id FROM campaigns WHERE id = ANY (\(ids.compactMap { Int64($0) }))
        AND deleted_at IS NULL
      """)
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    for id in ids.compactMap({ Int64($0) }) where !known.contains(id) {
      check.refuse("addTo", "there is no campaign \(id)")
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

extension Pass {
  /// Lets contacts begin this campaign anew (CAM-107), apart from the run that is under way.
  ///
  /// - Returns: Who did.
  func enterAgain(_ contacts: [Int64]) async throws -> [Int64] {
    let (held, waiting) = (gone, jumps)
    (gone, jumps) = ([], [])
    let entered = try await enter(contacts, by: .manual)
    (gone, jumps) = (held, waiting)
    return entered
  }

  /// Does something to another campaign within this transaction. One that does not exist or is not live is
  /// left alone (CAM-602, CAM-641).
  func other(_ campaign: Int64, _ body: (Pass) async throws -> Void) async throws {
    let done = try await engine.pass(campaign, now: now, on: connection, outbox) { pass in
      try await body(pass)
      try await pass.runJumps()
    }
    if let done { adopt(done.wakes) }
  }
}

/// Deletes the contact (`lead.deletecontact`, CAM-350).
struct DeleteContact: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Runner], _ pass: Pass) async throws -> ActionOutcome
  {
    var outcome = ActionOutcome()
    let contacts = runners.map(\.contact)
    // What was counted for them is taken out with them.
    try await pass.finish()
    let fields = try await pass.engine.fields.current(on: pass.connection)
    try await ContactDeletion.delete(
      contacts, fields: fields, by: .system, now: pass.now, on: pass.connection)
    outcome.deleted.formUnion(contacts)
    return outcome
  }
}
