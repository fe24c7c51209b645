import Campaigns
import Foundation
import Postgres
import Primitives
import Processes
import Segments

/// The database operations of the commands about campaigns.
struct CampaignDesk: Sendable {
  let campaigns: Campaigns
  private let segments: SegmentStore
  private let now: Date

  init(_ tool: Tool) {
    campaigns = tool.backends.campaigns
    segments = SegmentStore(pool: tool.backends.postgres)
    now = tool.backends.clock.now
  }

  /// - Throws: `CommandFailure` for an unknown campaign.
  func find(_ id: Int64) async throws -> Campaign {
    guard let campaign = try await campaigns.store.campaign(id) else {
      throw CommandFailure("there is no campaign \(id)")
    }
    return campaign
  }

  func rows() async throws -> [CampaignRow] {
    let all = try await campaigns.store.page(start: 0, limit: 100_000).campaigns
    let counts = try await campaigns.memberStore.counts(all.map(\.id))
    return all.map {
      CampaignRow(
        id: $0.id, name: $0.name, state: state(of: $0), events: $0.events.count,
        sources: $0.sources.count, members: counts[$0.id] ?? 0, allowRestart: $0.allowsRestart)
    }
  }

  /// The state in words (CAM-601, CAM-606).
  private func state(of campaign: Campaign) -> String {
    guard campaign.isPublished else { return "unpublished" }
    if let category = campaign.category, !category.isPublished { return "silenced" }
    if let up = campaign.publishUp, up > now { return "pending" }
    if let down = campaign.publishDown, down <= now { return "expired" }
    return "live"
  }

  /// A campaign with its events in the order of the tree.
  func picture(of campaign: Campaign) async throws -> CampaignPicture {
    let numbers = try await campaigns.statistics.numbers(of: campaign.id)
    var sources: [String] = []
    for source in campaign.sources {
      let name =
        source.kind == .segment ? try await segments.segment(source.id)?.alias : nil
      sources.append("\(source.kind.rawValue) \(name ?? String(source.id))")
    }
    let children = Dictionary(grouping: campaign.events, by: \.parent).mapValues { siblings in
      siblings.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    }
    var events: [CampaignPicture.Event] = []
    var open = (children[nil] ?? []).reversed().map { ($0, 0) }
    while let (event, depth) = open.popLast() {
      let count = numbers.events[event.id] ?? EventNumbers()
      events.append(
        CampaignPicture.Event(
          id: event.id, name: event.name, type: event.type, when: Self.when(event),
          path: event.path.map { $0 ? "yes" : "no" }, depth: depth, executed: count.executed,
          scheduled: count.scheduled, failed: count.failed))
      open += (children[event.id] ?? []).reversed().map { ($0, depth + 1) }
    }
    return CampaignPicture(
      id: campaign.id, name: campaign.name, state: state(of: campaign), members: numbers.members,
      sources: sources, warnings: try await campaigns.warnings(about: campaign).map(\.message),
      events: events)
  }

  private static func when(_ event: CampaignEvent) -> String {
    if event.kind == .decision { return "waits" }
    let trigger = event.trigger
    switch trigger.mode {
    case .immediate: return "at once"
    case .interval: return "after \(trigger.interval) \(trigger.unit.rawValue)"
    case .date: return trigger.date.map { "at \($0.formatted(.iso8601))" } ?? "at a date"
    case .contactDate: return "by \(trigger.contactField ?? "a date")"
    }
  }

  /// Members with their progress.
  func members(of campaign: Int64, start: Int, limit: Int) async throws -> [MemberRow] {
    try await campaigns.memberStore.progress(of: campaign, start: start, limit: limit).members.map {
      MemberRow(
        contact: $0.member.contact, added: $0.member.dateAdded, rotation: $0.member.rotation,
        byHand: $0.member.isManual,
        state: $0.isFinished ? "finished" : $0.isWaiting ? "waiting" : "scheduled",
        next: $0.nextFire)
    }
  }

  /// Creates the campaigns of a document.
  func load(_ document: JSONValue) async throws -> [ImportRow] {
    try await campaigns.documents.import(document, by: .commandLine).map { item in
      ImportRow(
        id: item.campaign.id, name: item.campaign.name,
        missing: item.missing.map { missing in
          let users = missing.events.isEmpty ? "source" : missing.events.joined(separator: ", ")
          return "\(missing.kind) \(missing.name) (\(users))"
        })
    }
  }
}

/// A campaign as the listing shows it.
struct CampaignRow: Encodable {
  var id: Int64
  var name: String
  var state: String
  var events: Int
  var sources: Int
  var members: Int
  var allowRestart: Bool
}

/// A campaign with its tree.
struct CampaignPicture: Encodable {
  struct Event: Encodable {
    var id: Int64
    var name: String
    var type: String
    var when: String
    var path: String?
    var depth: Int
    var executed: Int
    var scheduled: Int
    var failed: Int
  }
  var id: Int64
  var name: String
  var state: String
  var members: Int
  var sources: [String]
  var warnings: [String]
  var events: [Event]
}

/// A member as the listing shows it.
struct MemberRow: Encodable {
  var contact: Int64
  var added: Date
  var rotation: Int
  var byHand: Bool
  var state: String
  var next: Date?
}

/// A campaign that was read from a document.
struct ImportRow: Encodable {
  var id: Int64
  var name: String
  var missing: [String]
}
