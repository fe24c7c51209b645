import Contacts
import Foundation
import Points
import Postgres
import Segments
import Users

/// Adds to points, or to the score of a group (`lead.changepoints`).
struct ChangePoints: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let points = event.properties["points"]?.int ?? 0
    guard points != 0 else { return .noted(runners, "no points to add") }
    let reason = PointsReason(event, in: pass.campaign)
    let contacts = runners.map(\.contact)
    if let group = event.properties["group"]?.int.map(Int64.init) {
      let scores = try await GroupScores.change(
        contacts, .points(.plus), by: points, group: group, reason: reason, author: .system,
        isAudited: false, in: pass.database)
      return scores == nil
        ? .noted(runners, "the point group \(group) does not exist") : ActionOutcome()
    }
    _ = try await ContactPoints.change(
      contacts, .plus, by: points, reason: reason, author: .system, isAudited: false,
      in: pass.database)
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    if event.properties["points"]?.int == nil {
      check.refuse("points", "is no whole number")
    } else {
      check.number("points", -ContactPoints.limit...ContactPoints.limit)
    }
    try await check.record("group", in: "point_groups")
  }
}

extension PointsReason {
  /// The entry in the points log for a change by a campaign's action.
  init(_ event: CampaignEvent, in campaign: Int64) {
    self.init(
      type: "campaign", eventName: "\(campaign): \(event.name)",
      actionName: "\(event.id): \(event.name)")
  }
}

/// Adds and removes tags (`lead.changetags`).
struct ChangeTags: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    let changes = try await ContactTags.change(
      contacts, adding: event.properties.texts("add_tags").compactMap { TagName.clean($0) },
      removing: event.properties.texts("remove_tags").compactMap { TagName.clean($0) },
      in: pass.database)
    var outcome = ActionOutcome()
    for (contact, change) in changes {
      guard let refusal = change.refusal else { continue }
      // Another attempt would find as many tags.
      outcome.failures[contact] = ActionFailure("tags: \(refusal)", isFinal: true)
    }
    return outcome
  }

  static let check: PropertyCheck = { event, check in
    check.texts("add_tags")
    check.texts("remove_tags")
    let tags = event.properties.texts("add_tags") + event.properties.texts("remove_tags")
    if tags.isEmpty { check.refuse("add_tags", "no tag to add or to remove") }
    for tag in tags where TagName.clean(tag) == nil {
      check.refuse("add_tags", "\(InvalidInput.shown(tag)) is no tag of 1 to 191 characters")
    }
  }
}

/// Adds to segments and removes from others, explicitly (`lead.changelist`).
struct ChangeSegments: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    for segment in (event.properties.ids("addToLists") ?? []).sorted() {
      try await SegmentMembership.add(
        contacts, to: segment, cause: .campaign, in: pass.database)
    }
    for segment in (event.properties.ids("removeFromLists") ?? []).sorted() {
      try await SegmentMembership.remove(
        contacts, from: segment, cause: .campaign, in: pass.database)
    }
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("addToLists", in: "segments", isRequired: false)
    try await check.records("removeFromLists", in: "segments", isRequired: false)
    if event.properties.ids("addToLists") == [], event.properties.ids("removeFromLists") == [] {
      check.refuseReference("addToLists", "no segment to add to or to remove from")
    }
  }
}

/// Sets the owner (`lead.changeowner`).
struct ChangeOwner: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let owner = event.properties.ids("owner")?.first else {
      return .noted(runners, "no owner is given")
    }
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    guard try await ContactOwners.holds(owner, on: pass.connection) else {
      // Retrying cannot bring a deleted user back (CAM-507).
      throw ActionFailure("the user \(owner) does not exist", isFinal: true)
    }
    try await ContactOwners.set(
      owner, of: contacts, author: .system, in: pass.database)
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("owner", in: "users", isRequired: true)
  }
}

/// Sets or removes entries of do not contact (`lead.adddnc`, `lead.removednc`).
struct ChangeDoNotContact: CampaignAction {
  let adds: Bool

  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let contacts = try await ContactLock.lock(runners.map(\.contact), on: pass.connection)
    for channel in event.properties.texts("channels") {
      let comments = event.properties["reason"]?.text
      if adds {
        _ = try await DoNotContactStore.add(
          contacts, channel: channel, reason: .manual, comments: comments,
          in: pass.database)
      } else {
        _ = try await DoNotContactStore.remove(
          contacts, channel: channel, comments: comments, in: pass.database)
      }
    }
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    if event.properties.texts("channels").isEmpty {
      check.refuse("channels", "no channel is given")
    }
    check.channels("channels")
  }
}

/// Moves to a stage, forward only (`stage.change`, STG-10).
struct ChangeStage: CampaignAction {
  func run(_ event: CampaignEvent, _ runners: [Enrollment], _ pass: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let stage = event.properties.ids("stage")?.first else {
      return .noted(runners, "no stage is given")
    }
    var outcome = ActionOutcome()
    let advances = try await ContactStages.advance(
      runners.map(\.contact), to: stage, eventName: "\(event.id): \(event.name)",
      actionName: "Campaign", in: pass.database)
    for (contact, advance) in advances where advance != .moved {
      outcome.notes[contact] = advance.rawValue
    }
    return outcome
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("stage", in: "stages", isRequired: true)
  }
}
