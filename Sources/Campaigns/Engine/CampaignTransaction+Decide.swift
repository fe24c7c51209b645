import Foundation
import Postgres

extension CampaignTransaction {
  /// Opens a decision: from now on acts decide it (CAM-401), or its deadline does (CAM-411).
  func open(_ event: CampaignEvent, _ runners: [Enrollment], _ base: Base) async throws {
    let deadlines = try await deadlines(
      event, runners.map { ($0.contact, self.base(of: $0, base)) })
    var missed: [Enrollment] = []
    var open: [Enrollment] = []
    for runner in runners {
      if let deadline = deadlines[runner.contact]?.at, deadline <= now, isLive {
        missed.append(runner)
      } else {
        open.append(runner)
      }
    }
    if !open.isEmpty {
      let fires = open.map { deadlines[$0.contact]?.at }
      try await connection.query(
        """
        INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
        SELECT contact, \(event.id), rotation, \(campaign), base, fire, 1
        FROM unnest(\(open.map(\.contact)), \(open.map { Int32($0.rotation) }),
          \(open.map { self.base(of: $0, base) }), \(fires)::timestamptz[])
          AS entry (contact, rotation, base, fire) ORDER BY contact
        ON CONFLICT DO NOTHING
        """)
      wake(event, fires.compactMap(\.self))
    }
    if !missed.isEmpty {
      let ended = try await insertDecided(event, missed, base)
      count(event.id, .executed(false), ended.count)
      try await takeNo(event, ended, deadlines)
    }
  }

  /// A deadline and the events whose time gave it.
  struct Deadline {
    var at: Date
    var givenBy: Set<Int64>
  }

  /// Until when a decision waits, by contact; for ever where none is given (CAM-410, CAM-411).
  func deadlines(
    _ event: CampaignEvent, _ openings: [(contact: Int64, base: Date)]
  ) async throws -> [Int64: Deadline] {
    var deadlines: [Int64: Deadline] = [:]
    for child in graph.children(of: event, path: false) where child.kind != .decision {
      let times = try await fireTimes(
        child.trigger, openings.map { ($0.contact, $0.base, false) }, deadline: true)
      for (contact, time) in times {
        if let known = deadlines[contact], known.at < time { continue }
        if let known = deadlines[contact], known.at == time {
          deadlines[contact] = Deadline(at: time, givenBy: known.givenBy.union([child.id]))
        } else {
          deadlines[contact] = Deadline(at: time, givenBy: [child.id])
        }
      }
    }
    return deadlines
  }

  /// Considers what hangs on the `no` path: the events that gave the deadline have waited already
  /// (CAM-413), the others count afresh (CAM-414).
  func takeNo(
    _ event: CampaignEvent, _ runners: [Enrollment], _ deadlines: [Int64: Deadline]
  ) async throws {
    let children = graph.children(of: event, path: false)
    let groups = Dictionary(grouping: runners) { deadlines[$0.contact]?.givenBy ?? [] }
    for (givenBy, runners) in groups.sorted(by: { $0.key.count > $1.key.count }) {
      try await consider(children, runners, delayUsed: givenBy)
    }
  }

  /// Writes decisions that are decided `no` as they open (CAM-416).
  private func insertDecided(
    _ event: CampaignEvent, _ runners: [Enrollment], _ base: Base
  ) async throws -> [Enrollment] {
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, 3, false
      FROM unnest(\(runners.map(\.contact)), \(runners.map { Int32($0.rotation) }),
        \(runners.map { self.base(of: $0, base) })) AS entry (contact, rotation, base)
      ORDER BY contact ON CONFLICT DO NOTHING RETURNING contact_id
      """)
    let inserted = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    return runners.filter { inserted.contains($0.contact) }
  }
}
