import Contacts

/// The rules of a campaign's graph (campaigns.md 3 and 14).
struct GraphCheck {
  static let mostEvents = 5_000

  private let events: [Int64: CampaignEvent]
  private let children: [Int64: [CampaignEvent]]
  private(set) var problems: [InvalidInput.Problem] = []

  init(_ events: [CampaignEvent]) {
    self.events = Dictionary(events.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    children = Dictionary(grouping: events.filter { $0.parent != nil }) { $0.parent ?? 0 }
  }

  private mutating func refuse(_ event: CampaignEvent, _ message: String) {
    problems.append(
      .init(member: "events", message: "\(EventCheck.name(event)): \(message)"))
  }

  /// Collects all problems.
  mutating func run(_ types: EventTypes) {
    if events.count > Self.mostEvents {
      problems.append(
        .init(
          member: "events",
          message: "a campaign has at most \(Self.mostEvents) events, not \(events.count)"))
      return
    }
    let ordered = events.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }
    for event in ordered {
      if let handler = types[event.type], handler.kind != event.kind {
        refuse(event, "is no \(event.kind.rawValue) but a \(handler.kind.rawValue)")
      }
      checkPlacement(event)
      checkJumps(event)
    }
    guard problems.isEmpty else { return }
    checkCycles(ordered)
  }

  /// Checks CAM-002, CAM-003, CAM-005, CAM-006.
  private mutating func checkPlacement(_ event: CampaignEvent) {
    guard let id = event.parent else {
      if let problem = Self.misplaced(event, below: nil) { refuse(event, problem) }
      return
    }
    guard let parent = events[id] else {
      return refuse(event, "its parent \(id) is no event of the campaign")
    }
    if isOwnAncestor(event) { return refuse(event, "is its own ancestor") }
    if parent.kind != .action, event.path == nil {
      refuse(event, "needs a decisionPath, yes or no, below a \(parent.kind.rawValue)")
    }
    if let problem = Self.misplaced(event, below: parent) { refuse(event, problem) }
    if [EventType.deleteContact, EventType.jump].contains(parent.type) {
      refuse(event, "nothing may hang below \(parent.type)")
    }
    if parent.kind == .decision, event.path == false, event.kind == .action,
      event.trigger.mode == .immediate
    {
      refuse(
        event, "cannot be immediate on the no path of a decision: its delay is the waiting period")
    }
  }

  /// Returns the required position of an event's type, if it is elsewhere (CAM-005).
  private static func misplaced(_ event: CampaignEvent, below parent: CampaignEvent?) -> String? {
    func isOnYes(_ type: String) -> Bool { parent?.type == type && event.path == true }
    switch event.type {
    case "email.open", "email.click", "email.reply":
      return parent?.type == EventType.sendEmail
        ? nil : "stands only directly below an action that sends an e-mail"
    case "dwc.push_content":
      return isOnYes("dwc.decision")
        ? nil : "stands only on the yes path of a request for dynamic content"
    case "tracking.pixel.send":
      return isOnYes("page.pagehit") ? nil : "stands only on the yes path of a page visit"
    default: return nil
    }
  }

  private func isOwnAncestor(_ event: CampaignEvent) -> Bool {
    var seen: Set<Int64> = [event.id]
    var above = event.parent
    while let id = above {
      guard seen.insert(id).inserted else { return true }
      above = events[id]?.parent
    }
    return false
  }

  /// Checks CAM-009.
  private mutating func checkJumps(_ event: CampaignEvent) {
    guard event.type == EventType.jump else { return }
    guard let target = event.jumpTarget, let other = events[target] else {
      return refuse(event, "properties.jumpToEvent is no event of the campaign")
    }
    if other.id == event.id { refuse(event, "jumps to itself") }
  }

  /// Refuses cycles of jumps that can run without time passing (CAM-008): from the target of each jump,
  /// events that can run at once must not lead to a jump that closes the cycle.
  private mutating func checkCycles(_ ordered: [CampaignEvent]) {
    let jumps = ordered.filter { $0.type == EventType.jump }
    var edges: [Int64: Set<Int64>] = [:]
    for jump in jumps {
      guard let target = jump.jumpTarget.flatMap({ events[$0] }) else { continue }
      edges[jump.id] = reachedAtOnce(from: target)
    }
    for jump in jumps {
      var seen: Set<Int64> = []
      var open = Array(edges[jump.id] ?? [])
      while let next = open.popLast() {
        if next == jump.id {
          refuse(
            jump,
            "leads back to itself without a delay of at least a minute or a decision")
          break
        }
        if seen.insert(next).inserted { open += edges[next] ?? [] }
      }
    }
  }

  /// Returns the jumps reachable from an event without time passing. A decision takes none if a child on
  /// its `no` path takes none (CAM-416).
  private func reachedAtOnce(from event: CampaignEvent) -> Set<Int64> {
    var found: Set<Int64> = []
    var open = [event]
    while let next = open.popLast() {
      let below = children[next.id] ?? []
      guard next.kind != .decision else {
        let missed = below.filter { $0.path == false }
        if missed.contains(where: { $0.kind != .decision && !takesTime($0.trigger) }) {
          open += missed
        }
        continue
      }
      guard !takesTime(next.trigger) else { continue }
      if next.type == EventType.jump { found.insert(next.id) }
      open += below
    }
    return found
  }

  /// Whether a trigger delays every pass. A date, including a contact's, delays a cycle only until it is
  /// reached; at that instant the cycle could repeat endlessly.
  private func takesTime(_ trigger: Trigger) -> Bool {
    trigger.mode == .interval && trigger.interval > 0
  }
}
