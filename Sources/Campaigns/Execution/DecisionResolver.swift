import Foundation
import JobQueue
import Postgres

/// Resolves open decisions of one campaign by engagements of contacts (CAM-402).
struct DecisionResolver {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// Resolves decisions by engagements, at most one per contact.
  func resolve(_ engagements: [CampaignEngagement]) async throws {
    transaction.cascade.takeUp()
    transaction.progress.exited = []
    let byContact = Dictionary(
      engagements.map { ($0.contact, $0) }, uniquingKeysWith: { first, _ in first })
    let types = Set(engagements.map(\.type))
    let events = transaction.graph.all.filter { $0.kind == .decision && types.contains($0.type) }
    if !events.isEmpty {
      let decided = try await decided(events, byContact)
      for event in events {
        if let entries = decided[event.id] { try await decide(event, entries, byContact) }
      }
    }
    try await JumpExecutor(transaction).runPending()
  }

  /// Returns the open entries that the engagements decide, by event.
  private func decided(
    _ events: [CampaignEvent], _ engagements: [Int64: CampaignEngagement]
  ) async throws -> [Int64: [Entry]] {
    // Members are locked before their entries, as everywhere.
    let members = Dictionary(
      try await transaction.members.shareActive(engagements.keys.sorted()).map { ($0.contact, $0) },
      uniquingKeysWith: { first, _ in first })
    var decided: [Int64: [Entry]] = [:]
    for open in try await store.lockOpen(of: members.keys.sorted(), events) {
      guard let engagement = engagements[open.contact], let member = members[open.contact],
        let event = transaction.graph[open.event],
        case .decision(let type)? = transaction.engine.types[event.type],
        // Only of the current rotation: a jump has closed the others (CAM-342, CAM-343).
        open.rotation == member.rotation, open.rotation >= member.firstRotation
      else { continue }
      let parent = event.parent.flatMap { transaction.graph[$0] }
      guard Self.decides(engagement, event, parent: parent, opened: open.opened, type) else {
        continue
      }
      decided[event.id, default: []].append(
        Entry(Enrollment(contact: open.contact, rotation: member.rotation)))
    }
    return decided
  }

  /// Records decisions, and considers the events on their `yes` path.
  private func decide(
    _ event: CampaignEvent, _ entries: [Entry], _ engagements: [Int64: CampaignEngagement]
  ) async throws {
    let now = transaction.now
    let dates = engagements.mapValues { min($0.at, now) }
    // The consequences of earlier decisions may have closed it.
    let open = try await store.decide(event, entries, at: entries.map { dates[$0.contact] ?? now })
    let taken = entries.filter { open.contains($0.contact) }
    if !taken.isEmpty, case .decision(let type)? = transaction.engine.types[event.type] {
      try await type.decided(event, taken.compactMap { engagements[$0.contact] }, transaction)
    }
    let hours = Dictionary(grouping: taken) { CounterBatch.hour(of: dates[$0.contact] ?? now) }
    for (hour, decided) in hours {
      transaction.count(
        event, .executed(true), decided.count, current: decided.count { $0.isCurrent }, at: hour)
    }
    try await EventScheduler(transaction).consider(
      transaction.graph.children(of: event, path: true), taken.map(\.enrollment),
      base: .each(dates))
  }

  private var store: DecisionEntryStore {
    DecisionEntryStore(connection: transaction.connection, campaign: transaction.campaign)
  }

  // MARK: Rules

  /// Whether an engagement decides an open decision.
  static func decides(
    _ engagement: CampaignEngagement, _ event: CampaignEvent, parent: CampaignEvent?,
    opened: Date, _ type: any CampaignDecision
  ) -> Bool {
    engagement.type == event.type
      && isInTime(engagement, event, parent: parent, opened: opened)
      && type.matches(event, parent: parent, engagement)
  }

  /// Whether an engagement counts: not before the opening (CAM-404), and not the one that opened the
  /// decision, when it is repeated (CAM-402). Stored instants have microseconds.
  private static func isInTime(
    _ engagement: CampaignEngagement, _ event: CampaignEvent, parent: CampaignEvent?, opened: Date
  ) -> Bool {
    let isOpenedByEngagement = parent?.kind == .decision && event.path == true
    return isOpenedByEngagement
      ? engagement.at > opened.addingTimeInterval(0.000_001)
      : engagement.at >= opened.addingTimeInterval(-0.000_001)
  }

  /// Splits engagements into lists in which each contact occurs once, oldest first: a decision that one
  /// engagement opens can be decided by a later one.
  static func waves(_ engagements: [CampaignEngagement]) -> [[CampaignEngagement]] {
    OncePerContact.waves(
      engagements.sorted { ($0.at, $0.contact) < ($1.at, $1.contact) }, by: \.contact)
  }
}

/// Lists in which each contact occurs once.
enum OncePerContact {
  /// Splits items into such lists, keeping the order of each contact's.
  static func waves<Item>(_ items: [Item], by contact: (Item) -> Int64) -> [[Item]] {
    var waves: [[Item]] = []
    var depth: [Int64: Int] = [:]
    for item in items {
      let place = depth[contact(item), default: 0]
      depth[contact(item)] = place + 1
      if place == waves.count { waves.append([]) }
      waves[place].append(item)
    }
    return waves
  }
}

extension CampaignEngine {
  /// Resolves open decisions in all live campaigns by engagements of contacts (CAM-402).
  ///
  /// A repeated engagement decides once: the first one takes the open entry, the others find none.
  ///
  /// - Returns: The timers to stage after the commit.
  func record(
    _ engagements: [CampaignEngagement], in transaction: Transaction
  ) async throws -> Set<TimerBucket> {
    var timers: Set<TimerBucket> = []
    let waves = DecisionResolver.waves(engagements)
    if waves.count > 1 {
      // Only a decision that is taken opens others: where none is open, no wave finds one.
      let open = try await DecisionEntryStore.campaignsWithOpen(
        Set(engagements.map(\.type)).sorted(), for: Set(engagements.map(\.contact)).sorted(),
        now: transaction.now, on: transaction.connection)
      if open.isEmpty { return timers }
    }
    for wave in waves {
      // Read without locks first, as mostly nothing is open.
      let campaigns = try await DecisionEntryStore.campaignsWithOpen(
        Set(wave.map(\.type)).sorted(), for: wave.map(\.contact), now: transaction.now,
        on: transaction.connection)
      // Runs that the engagements begin in later campaigns were not open before them.
      var begun: [Int64: Set<Int64>] = [:]
      for campaign in campaigns {
        let earlier = wave.filter { begun[campaign]?.contains($0.contact) != true }
        guard !earlier.isEmpty else { continue }
        let cascade = Cascade()
        let done = try await self.transaction(
          campaign, in: transaction, cascade: cascade
        ) { try await DecisionResolver($0).resolve(earlier) }
        begun.merge(cascade.begun) { $0.union($1) }
        if let done { timers.formUnion(done.timers) }
      }
    }
    return timers
  }
}
