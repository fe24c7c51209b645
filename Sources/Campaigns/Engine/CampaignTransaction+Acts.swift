import Foundation
import JobQueue
import Postgres

extension CampaignEngine {
  /// Lets acts of contacts decide what is open for them in all live campaigns (CAM-402).
  ///
  /// However often an act comes, it decides once: who is first takes the open entry, the others find none.
  ///
  /// - Returns: What is to be woken after the commit.
  func record(
    _ acts: [CampaignEngagement], now: Date, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws -> Set<TimerBucket> {
    var wakes: Set<TimerBucket> = []
    for group in CampaignTransaction.inOrder(acts) {
      let contacts = group.map(\.contact)
      let types = Set(group.map(\.type)).sorted()
      // Looked at without locks first: mostly nothing is open.
      let rows = try await connection.query(
        """
        SELECT DISTINCT l.campaign_id FROM campaign_log l
          JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NULL
          JOIN campaigns c ON c.id = l.campaign_id
        WHERE l.contact_id = ANY (\(contacts)) AND l.state = 1 AND e.type = ANY (\(types))
          AND \(sql: CampaignSQL.isLive(now))
        ORDER BY l.campaign_id
        """)
      // What the acts begin in a campaign that is asked later was not open before them.
      var begun: [Int64: Set<Int64>] = [:]
      for row in rows {
        let campaign: Int64 = try row.decode(at: 0)
        let earlier = group.filter { begun[campaign]?.contains($0.contact) != true }
        guard !earlier.isEmpty else { continue }
        let family = Cascade()
        let done = try await pass(campaign, now: now, on: connection, outbox, family: family) {
          try await $0.decide(earlier)
        }
        begun.merge(family.begun) { $0.union($1) }
        if let done { wakes.formUnion(done.wakes) }
      }
    }
    return wakes
  }
}

extension CampaignTransaction {
  /// Decides open decisions of this campaign by acts, at most one of each contact.
  func decide(_ acts: [CampaignEngagement]) async throws {
    family.takeUp()
    gone = []
    try await decideOpen(acts)
    try await runJumps()
  }

  /// Cuts acts into lists in which each contact occurs once, oldest first: what opens by an act can be decided
  /// by a later one.
  static func inOrder(_ acts: [CampaignEngagement]) -> [[CampaignEngagement]] {
    var groups: [[CampaignEngagement]] = []
    var depth: [Int64: Int] = [:]
    for act in acts.sorted(by: { ($0.at, $0.contact) < ($1.at, $1.contact) }) {
      let place = depth[act.contact, default: 0]
      depth[act.contact] = place + 1
      if place == groups.count { groups.append([]) }
      groups[place].append(act)
    }
    return groups
  }

  private func decideOpen(_ acts: [CampaignEngagement]) async throws {
    let byContact = Dictionary(
      acts.map { ($0.contact, $0) }, uniquingKeysWith: { first, _ in first })
    let contacts = byContact.keys.sorted()
    let types = Set(acts.map(\.type))
    let events = graph.all.filter { $0.kind == .decision && types.contains($0.type) }
    guard !events.isEmpty else { return }
    // Members come before their entries, as wherever both are locked.
    let held = try await connection.query(
      """
      SELECT contact_id, rotation, first_rotation FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND is_active
      ORDER BY contact_id FOR SHARE
      """)
    var rotations: [Int64: (present: Int, first: Int)] = [:]
    for row in held {
      let (contact, present, first) = try row.decode(Int64.self, Int.self, Int.self)
      rotations[contact] = (present, first)
    }
    let open = try await connection.query(
      """
      SELECT contact_id, event_id, rotation, base_at FROM campaign_log
      WHERE contact_id = ANY (\(rotations.keys.sorted())) AND event_id = ANY (\(events.map(\.id)))
        AND state = 1
      ORDER BY contact_id, event_id, rotation FOR UPDATE
      """)
    var decided: [Int64: [Entry]] = [:]
    for row in open {
      let (contact, event, rotation) = (
        try row.decode(at: 0, as: Int64.self), try row.decode(at: 1, as: Int64.self),
        try row.decode(at: 2, as: Int.self)
      )
      let opened: Date = try row.decode(at: 3)
      guard let act = byContact[contact], let member = rotations[contact],
        let decision = graph[event], case .decision(let type)? = engine.types[decision.type],
        // Of the present rotation alone: a jump has closed the others (CAM-342, CAM-343).
        rotation == member.present, rotation >= member.first,
        act.type == decision.type, counts(act, for: decision, opened: opened),
        type.matches(decision, parent: decision.parent.flatMap { graph[$0] }, act)
      else { continue }
      decided[event, default: []].append(
        Entry(
          Enrollment(contact: contact, rotation: member.present), rotation: rotation, attempts: 0))
    }
    for event in events {
      guard let entries = decided[event.id] else { continue }
      let dates = byContact.mapValues { min($0.at, now) }
      // What came of the decisions before this one may have closed it.
      let rows = try await connection.query(
        """
        UPDATE campaign_log AS l SET state = 3, path = true, by_contact = true,
          executed_at = entry.at, fire_at = entry.at
        FROM unnest(\(entries.map(\.runner.contact)), \(entries.map { Int32($0.rotation) }),
          \(entries.map { dates[$0.runner.contact] ?? now })) AS entry (contact, rotation, at)
        WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation AND l.state = 1
        RETURNING l.contact_id
        """)
      let open = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
      let taken = entries.filter { open.contains($0.runner.contact) }
      let hours = Dictionary(grouping: taken) { Self.hour(of: dates[$0.runner.contact] ?? now) }
      for (hour, decided) in hours {
        count(
          event.id, .executed(true), decided.count, current: decided.count { $0.isCurrent },
          at: hour)
      }
      try await consider(
        graph.children(of: event, path: true), taken.map(\.runner), base: .each(dates))
    }
  }

  /// Acts before the opening do not count (CAM-404), and the act that opened a decision does not decide it when
  /// it comes once more (CAM-402). Stored instants have microseconds.
  private func counts(_ act: CampaignEngagement, for decision: CampaignEvent, opened: Date) -> Bool
  {
    let parent = decision.parent.flatMap { graph[$0] }
    let isOpenedByAct = parent?.kind == .decision && decision.path == true
    return isOpenedByAct
      ? act.at > opened.addingTimeInterval(0.000_001)
      : act.at >= opened.addingTimeInterval(-0.000_001)
  }
}
