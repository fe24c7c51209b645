import Foundation

/// A campaign's events as a forest, for execution. One batch uses one version of it.
struct CampaignGraph: Sendable {
  let campaign: Int64
  let version: Int64
  let allowsRestart: Bool
  /// The segments that are its sources.
  let segments: [Int64]
  private let events: [Int64: CampaignEvent]
  private let children: [Int64?: [CampaignEvent]]

  init(
    campaign: Int64, version: Int64, allowsRestart: Bool, segments: [Int64],
    events: [CampaignEvent]
  ) {
    self.campaign = campaign
    self.version = version
    self.allowsRestart = allowsRestart
    self.segments = segments
    self.events = Dictionary(events.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    children = Dictionary(grouping: events, by: \.parent).mapValues { siblings in
      siblings.sorted {
        (Self.rank($0), $0.position, $0.id) < (Self.rank($1), $1.position, $1.id)
      }
    }
  }

  /// The order of siblings: decisions first; then conditions, actions, and jumps last (CAM-004, CAM-345).
  private static func rank(_ event: CampaignEvent) -> Int {
    switch event.kind {
    case .decision: 0
    case .condition: 1
    case .action: event.type == EventType.jump ? 3 : 2
    }
  }

  /// The event with an id; nil for one that is not in the graph.
  subscript(id: Int64) -> CampaignEvent? { events[id] }

  /// The events without a parent, in the order in which they run.
  var roots: [CampaignEvent] { children[nil] ?? [] }

  /// Returns the events below one, in the order in which they run.
  ///
  /// - Parameter path: The path taken; nil below an action.
  func children(of event: CampaignEvent, path: Bool?) -> [CampaignEvent] {
    (children[event.id] ?? []).filter { event.kind == .action || $0.path == path }
  }

  /// All events, in the order of their ids.
  var all: [CampaignEvent] { events.values.sorted { $0.id < $1.id } }
}
