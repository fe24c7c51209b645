import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Campaigns

/// Concurrent operations end as if in some order (CAM-908): the invariants hold afterwards.
@Suite("Concurrency")
struct ConcurrencyTests {
  static let seed: UInt64 =
    TestVariable.number("MARTLET_TEST_SEED")
    ?? UInt64.random(in: 0..<1_000_000_000)
  static let rounds =
    TestVariable.number("MARTLET_TEST_STEPS") ?? 40

  private static func later(_ minutes: Int) -> [String: JSONValue] {
    [
      "triggerMode": .string("interval"), "triggerInterval": .integer(Int64(minutes)),
      "triggerIntervalUnit": .string("i"),
    ]
  }

  private func campaigns(_ bed: CampaignBed) async throws -> [Campaign] {
    let first = try await bed.campaign([E.points("start")], restart: true)
    let second = try await bed.campaign(
      [
        E.points("p"), E.points("q", under: "p", after: (20, "i")),
        E.remove("out", ["\(first.id)", "this"], Self.later(45)),
      ], restart: true)
    try await bed.edit(first.id) {
      $0.events = [
        E.points("a", 1, Self.later(10).merging(["order": .integer(2)]) { $1 }),
        E.points("b", under: "a", after: (15, "i")),
        E.decision("visit", "page.pagehit", under: "a"),
        E.points("yes", under: "visit", path: "yes"),
        E.points("no", under: "visit", path: "no", after: (30, "i")),
        E.action("call", "trial.outside", ["modulus": .integer(5)], under: "b"),
        E.points("called", under: "call"), E.add("over", ["\(second.id)"], Self.later(25)),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-a")], under: "b",
          after: (40, "i")),
      ].compactMap { EventInput(json: $0) }
    }
    let store = CampaignStore(pool: bed.pool)
    return [
      try #require(try await store.campaign(first.id)),
      try #require(try await store.campaign(second.id)),
    ]
  }

  @Test("CAM-102, CAM-128, CAM-305, CAM-308, CAM-604, CAM-803, CAM-903, CAM-908")
  func invariants() async throws {
    print("campaigns at once: seed \(Self.seed)")
    try await CampaignBed.with(types: .trial) { bed in
      let count: Int64 = 60
      try await bed.contacts(Int(count))
      try await bed.segment(1, members: Array(1...(count / 2)))
      let campaigns = try await campaigns(bed)
      // So many contacts that failures never stop it.
      for campaign in campaigns { try await bed.crowd(campaign.id) }
      let workers: [@Sendable (inout SeededGenerator) async throws -> Void] = [
        { try await Self.executes(bed, campaigns, &$0) },
        { try await Self.executes(bed, campaigns, &$0) },
        { try await Self.executes(bed, campaigns, &$0) },
        { generator in
          let contacts = generator.some(Array(1...count), oneIn: 6)
          try await bed.engage("page.pagehit", contacts)
        },
        { generator in
          let contacts = generator.some(Array(1...count), oneIn: 6)
          let campaign = generator.pick(campaigns).id
          switch generator.next() % 4 {
          case 0: try await Self.enter(bed, contacts, campaign)
          case 1: try await bed.remove(contacts, from: campaign)
          case 2: try await bed.exit(contacts, from: campaign)
          default:
            _ = try await bed.runtime.transaction(campaign, now: bed.now) {
              try await SourceReconciler($0).reconcile(contacts)
            }
          }
        },
        { generator in
          let event = try #require(campaigns[0].events.first { $0.name == "no" })
          let minutes = Int64(5 + generator.next() % 50)
          let json = JSONValue.object([
            "id": .integer(event.id), "triggerInterval": .integer(minutes),
          ])
          try await bed.edit(campaigns[0].id) {
            $0.events = [EventInput(json: json)].compactMap(\.self)
          }
          if generator.once(in: 8) {
            let id = 1 + Int64(generator.next() % UInt64(count))
            let (fields, now) = (bed.engine.fields, bed.now)
            _ = try await bed.jobs.transaction(at: now) { transaction in
              try await ContactDeletion.delete(
                [id], fields: fields.current(on: transaction.connection), by: .system,
                in: transaction)
            }
          }
        },
      ]
      for round in 0..<Self.rounds {
        bed.clock.now = bed.now.addingTimeInterval(300)
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (number, work) in workers.enumerated() {
            group.addTask {
              var generator = SeededGenerator(
                seed: Self.seed &+ UInt64(round) &* 7919 &+ UInt64(number) &* 104_729)
              for _ in 0..<3 {
                do {
                  try await work(&generator)
                } catch let error as PostgresError where error.isRetryable {
                  // Two campaigns that affect each other would deadlock: one is rolled back, and its job
                  // would be repeated.
                }
              }
            }
          }
          try await group.waitForAll()
        }
      }
      try await Self.check(bed, campaigns)
      // Entries still open end consistently.
      try await bed.run(for: 7_200)
      try await Self.check(bed, campaigns)
    }
  }

  private static func enter(
    _ bed: CampaignBed, _ contacts: [Int64], _ campaign: Int64
  ) async throws {
    // As manual additions do: only existing contacts, locked against deletion.
    _ = try await bed.runtime.transaction(campaign, now: bed.now) { transaction in
      let there = try await ContactLock.lock(contacts, on: transaction.connection)
      _ = try await MembershipManager(transaction).add(there, by: .manual)
    }
  }

  private static func executes(
    _ bed: CampaignBed, _ campaigns: [Campaign], _ generator: inout SeededGenerator
  ) async throws {
    let campaign = generator.pick(campaigns)
    for event in campaign.events.shuffled(using: &generator) {
      let limit = generator.pick([1, 7, 100])
      guard event.type == "trial.outside" else {
        _ = try await bed.runtime.transaction(campaign.id, now: bed.now) { transaction in
          guard let event = transaction.graph[event.id] else { return }
          _ = try await DueExecutor(transaction).execute(event, limit: limit)
        }
        continue
      }
      let claim =
        try await bed.runtime.transaction(campaign.id, now: bed.now) {
          try await ExternalActions($0).claim(
            event, TrialExternal(), limit: limit, lease: .seconds(600))
        } ?? nil
      guard let claim else { continue }
      let rule = TrialRule(event)
      let results = claim.entries.map { entry in
        (
          entry,
          rule.failure(entry.enrollment.contact, bed.now).map {
            Result<Void, ActionFailure>.failure($0)
          }
            ?? .success(())
        )
      }
      _ = try await bed.runtime.transaction(campaign.id, now: bed.now, includingUnpublished: true) {
        try await ExternalActions($0).record(claim, results)
      }
    }
  }

  private static func check(_ bed: CampaignBed, _ campaigns: [Campaign]) async throws {
    func count(_ sql: SQL) async throws -> Int {
      try await bed.pool.query("SELECT count(*) FROM (\(sql: sql)) AS found").first?
        .decode(at: 0) ?? -1
    }
    let rules: [(String, SQL)] = [
      (
        "members that do not exist",
        "SELECT FROM campaign_members m WHERE NOT EXISTS (SELECT FROM contacts c WHERE c.id = m.contact_id)"
      ),
      (
        "entries without a membership",
        """
        SELECT FROM campaign_log l WHERE NOT EXISTS (SELECT FROM campaign_members m
          WHERE m.contact_id = l.contact_id AND m.campaign_id = l.campaign_id)
        """
      ),
      (
        "open entries of who has left, from before the exit",
        """
        SELECT FROM campaign_log l JOIN campaign_members m USING (contact_id, campaign_id)
        WHERE l.state < 2 AND NOT m.is_active
        """
      ),
      (
        "open entries from before a restart",
        """
        SELECT FROM campaign_log l JOIN campaign_members m USING (contact_id, campaign_id)
        WHERE l.state < 2 AND l.rotation < m.first_rotation
        """
      ),
      (
        "open decisions of older rotations",
        """
        SELECT FROM campaign_log l JOIN campaign_members m USING (contact_id, campaign_id)
        WHERE l.state = 1 AND l.rotation <> m.rotation
        """
      ),
      (
        "runs without their roots",
        """
        SELECT FROM campaign_members m JOIN campaign_events e ON e.campaign_id = m.campaign_id
          AND e.parent_id IS NULL AND e.deleted_at IS NULL
        WHERE NOT EXISTS (SELECT FROM campaign_log l WHERE l.contact_id = m.contact_id
          AND l.event_id = e.id AND l.rotation = m.first_rotation)
        """
      ),
      (
        "points that are not those of executed entries",
        """
        SELECT FROM contacts c LEFT JOIN (
          SELECT l.contact_id, count(*) AS number FROM campaign_log l
            JOIN campaign_events e ON e.id = l.event_id
          WHERE l.state = 3 AND e.type = 'lead.changepoints' GROUP BY l.contact_id) AS log
          ON log.contact_id = c.id
        WHERE c.points <> coalesce(log.number, 0)
        """
      ),
      (
        "members that are counted otherwise",
        """
        SELECT FROM campaigns c WHERE
          (SELECT coalesce(sum(added - removed), 0) - 1000000 FROM campaign_member_hours h
            WHERE h.campaign_id = c.id)
          <> (SELECT count(*) FROM campaign_members m WHERE m.campaign_id = c.id AND m.is_active)
        """
      ),
    ]
    for (what, sql) in rules {
      let found = try await count(sql)
      #expect(found == 0, "seed \(seed): \(found) \(what)")
    }
    for campaign in campaigns {
      let wrong = try await bed.corrections(of: campaign.id, crowded: true)
      #expect(wrong == 0, "seed \(seed): counters of campaign \(campaign.id)")
    }
  }
}
