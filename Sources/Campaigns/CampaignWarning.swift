import Foundation
import JobQueue
import Points
import Postgres

/// A warning about something in a campaign that is allowed, but probably a mistake.
package struct CampaignWarning: Sendable, Equatable {
  /// The kinds, by their names on the wire.
  package enum Kind: String, Sendable {
    /// Contacts exit while a source still holds them, and restart (CAM-110).
    case restartLoop = "restart_loop"
    /// A condition on a `no` path is immediate, so the `yes` path can hardly be reached (CAM-416).
    case immediateNoPath = "immediate_no_path"
    /// It sends an e-mail that is not published (CAM-605).
    case unpublishedEmail = "unpublished_email"
    /// An event of a type that is not installed is kept and not executed.
    case unknownType = "unknown_event_type"
    /// Other records reference the deleted campaign (CAM-641).
    case inUse = "in_use"
  }

  /// The kind.
  package var kind: Kind
  /// The warning in words.
  package var message: String
  /// The event it is about.
  package var event: Int64?
}

extension Campaigns {
  /// Returns the warnings about a campaign.
  package func warnings(about campaign: Campaign) async throws -> [CampaignWarning] {
    var warnings: [CampaignWarning] = []
    if try await restarts(campaign) {
      warnings.append(
        CampaignWarning(
          kind: .restartLoop,
          message: """
            Contacts can leave the campaign while a segment of its sources still holds them, and may \
            restart: they begin anew each time.
            """))
    }
    warnings += campaign.events.compactMap { immediate($0, in: campaign) ?? unknown($0) }
    let emails = Dictionary(
      grouping: campaign.events.filter { $0.channel == "email" && $0.channelID != nil }
    ) { $0.channelID ?? 0 }
    guard campaign.isPublished, !emails.isEmpty else { return warnings }
    for (id, name) in try await unpublishedEmails(emails.keys.sorted()).sorted(by: {
      $0.key < $1.key
    }) {
      warnings.append(
        CampaignWarning(
          kind: .unpublishedEmail, message: "The e-mail “\(name)” (\(id)) is not published.",
          event: emails[id]?.first?.id))
    }
    return warnings
  }

  private func immediate(_ event: CampaignEvent, in campaign: Campaign) -> CampaignWarning? {
    guard event.kind == .condition, event.path == false, event.trigger.mode == .immediate,
      campaign.events.contains(where: { $0.id == event.parent && $0.kind == .decision })
    else { return nil }
    return CampaignWarning(
      kind: .immediateNoPath,
      message: """
        “\(event.name)” is immediate on the no path of a decision: that is taken at once, and the yes \
        path can hardly be reached.
        """, event: event.id)
  }

  private func unknown(_ event: CampaignEvent) -> CampaignWarning? {
    guard runtime.engine.types[event.type] == nil else { return nil }
    return CampaignWarning(
      kind: .unknownType,
      message: "“\(event.name)”: events of the type \(event.type) are not installed.",
      event: event.id)
  }

  /// Whether an exit removes contacts from the campaign and its sources undo that.
  private func restarts(_ campaign: Campaign) async throws -> Bool {
    guard campaign.allowsRestart, campaign.sources.contains(where: { $0.kind == .segment }) else {
      return false
    }
    let leavesItself = campaign.events.contains { event in
      event.type == EventType.changeCampaigns
        && ChangeCampaigns.campaigns("removeFrom", of: event, in: campaign.id).contains(campaign.id)
    }
    if leavesItself { return true }
    let postgres = runtime.jobs.postgres
    if try await CampaignReferenceStore.isRemovedFrom(campaign.id, on: postgres) { return true }
    let triggers = try await PointTriggerStore(jobs: runtime.jobs).names(
      changing: campaign.id, removing: true)
    return !triggers.isEmpty
  }

  /// Returns warnings about records that reference a deleted campaign (CAM-641).
  package func uses(ofDeleted campaign: Campaign) async throws -> [CampaignWarning] {
    let users = try await editor.uses(of: campaign.id)
    guard !users.isEmpty else { return [] }
    return [
      CampaignWarning(
        kind: .inUse,
        message:
          "The campaign is named by \(users.joined(separator: ", ")), where it counts as absent.")
    ]
  }
}
