import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Campaigns

/// The engine reads only the rows it works on, and no table sequentially, whatever kind of plan the server
/// uses for a statement.
///
/// `MARTLET_TEST_MEMBERS` widens it, and prints the duration of each step.
@Suite("The cost of a step does not grow with the campaign", .serialized)
struct PlanTests {
  static let members =
    TestVariable.number("MARTLET_TEST_MEMBERS") ?? 40_000
  static let batch = 50

  /// Fills a campaign: all contacts have had the first event and wait, few are due.
  private func fill(_ bed: CampaignBed) async throws -> Campaign {
    try await bed.segment(1)
    let campaign = try await bed.campaign([
      E.points("done"),
      E.condition(
        "rich", "lead.points", ["operator": .string("gte"), "score": .integer(5)], under: "done",
        after: (3, "d")),
      E.points("then", under: "rich", path: "no"),
      E.decision("visit", "page.pagehit", under: "done"),
      E.points("came", under: "visit", path: "yes"),
      E.points("missed", under: "visit", path: "no", after: (9, "d")),
    ])
    let ids = Dictionary(uniqueKeysWithValues: campaign.events.map { ($0.name, $0.id) })
    let (done, rich, visit) = (ids["done"] ?? 0, ids["rich"] ?? 0, ids["visit"] ?? 0)
    let now = bed.now
    try await bed.contacts(Self.members + 10_000)
    try await bed.pool.pipeline([
      """
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT id, 1, true, \(now) FROM contacts
      """,
      """
      INSERT INTO campaign_members (contact_id, campaign_id, date_added)
      SELECT id, \(campaign.id), \(now) FROM contacts WHERE id <= \(Self.members)
      """,
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state)
      SELECT id, \(done), 1, \(campaign.id), \(now)::timestamptz, \(now)::timestamptz,
        \(now)::timestamptz, 3
      FROM contacts WHERE id <= \(Self.members)
      """,
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
      SELECT id, \(rich), 1, \(campaign.id), \(now.addingTimeInterval(-400_000))::timestamptz,
        \(now)::timestamptz + (id - 2000) * interval '1 second', 0
      FROM contacts WHERE id <= \(Self.members)
      """,
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
      SELECT id, \(visit), 1, \(campaign.id), \(now)::timestamptz,
        \(now)::timestamptz + interval '9 days', 1
      FROM contacts WHERE id <= \(Self.members)
      """,
    ])
    return campaign
  }

  private typealias Step = @Sendable (CampaignTransaction) async throws -> Void

  private func steps(_ campaign: Campaign) throws -> [(String, Step)] {
    let rich = try #require(campaign.events.first { $0.name == "rich" })
    let visit = try #require(campaign.events.first { $0.name == "visit" })
    let members = Int64(Self.members)
    return [
      ("claim", { _ = try await DueExecutor($0).execute(rich, limit: Self.batch) }),
      (
        "enter",
        { transaction in
          let contacts = Array((members + 1)...(members + Int64(Self.batch)))
          _ = try await MembershipManager(transaction).add(contacts, by: .segment)
        }
      ),
      (
        "leave",
        {
          _ = try await MembershipManager($0).remove(
            Array(3_000..<Int64(3_000 + Self.batch)), .exit)
        }
      ),
      (
        "engagements",
        { transaction in
          try await DecisionResolver(transaction).resolve(
            (5_000..<Int64(5_000 + Self.batch)).map {
              CampaignEngagement(type: "page.pagehit", contact: $0, at: transaction.now)
            })
        }
      ),
      (
        "announced",
        { try await SourceReconciler($0).reconcile(Array(6_000..<Int64(6_000 + Self.batch))) }
      ),
      (
        "range",
        { transaction in
          let first = members - Int64(Self.batch / 2)
          _ = try await SourceReconciler(transaction).reconcile(
            first...(first + Int64(Self.batch) - 1), isLast: true)
        }
      ),
      (
        "deadlines",
        { _ = try await DecisionScheduler($0).recompute(visit, after: 10_000, limit: Self.batch) }
      ),
      (
        "cancel",
        {
          _ = try await TimerStore.cancelOpen(
            of: visit.id, limit: Self.batch, in: $0.database)
        }
      ),
    ]
  }

  @Test(
    "CAM-631, CAM-902, CAM-903: claims, members, engagements, deadlines, deleted events",
    arguments: ["generic", "custom"])
  func steps(mode: String) async throws {
    try await CampaignBed.with { bed in
      let campaign = try await fill(bed)
      try await bed.pool.query("ANALYZE")
      for (name, step) in try steps(campaign) {
        let (engine, now) = (bed.engine, bed.now)
        struct Undone: Error {}
        do {
          try await bed.jobs.transaction(at: now) { transaction in
            try await transaction.query(
              "SET LOCAL plan_cache_mode = \(identifier: "force_\(mode)_plan")")
            let before = try await reads(on: transaction.connection)
            let clock = ContinuousClock()
            let start = clock.now
            _ = try await engine.transaction(campaign.id, in: transaction) {
              try await step($0)
            }
            if Self.members > 40_000 { print("\(name), \(mode): \(clock.now - start)") }
            try await check("\(name), \(mode)", since: before, on: transaction.connection)
            throw Undone()
          }
        } catch is Undone {}
      }
    }
  }

  @Test("CAM-901: the search for due entries takes one index step per slot")
  func look() async throws {
    try await CampaignBed.with { bed in
      _ = try await fill(bed)
      let now = bed.now
      for mode in ["generic", "custom"] {
        try await bed.pool.transaction { connection in
          try await connection.query(
            "SET LOCAL plan_cache_mode = \(identifier: "force_\(mode)_plan")")
          let before = try await reads(on: connection)
          let events = try await TimerStore.liveEvents(
            after: 0, campaign: nil, limit: 1_000, now: now, on: connection)
          let timers = try await TimerStore.buckets(
            of: Dictionary(uniqueKeysWithValues: events.map { ($0, Date.distantFuture) }), now: now,
            on: connection)
          #expect(timers.count > 20)
          try await check("look, \(mode)", since: before, on: connection)
        }
      }
    }
  }

  /// Checks that no large table was scanned since then, and not more was read than belongs to a batch.
  private func check(
    _ what: String, since before: [String: Reads], on connection: PostgresConnection
  )
    async throws
  {
    let after = try await reads(on: connection)
    #expect(!after.isEmpty)
    for (table, now) in after {
      let whole = now.whole - (before[table]?.whole ?? 0)
      let fetched = now.fetched - (before[table]?.fetched ?? 0)
      #expect(whole == 0, "\(what): \(whole) rows of \(table) were read as they stand")
      #expect(
        fetched <= Int64(Self.batch) * 20, "\(what): \(fetched) rows of \(table) were fetched")
    }
  }

  /// The numbers of rows of a table read by sequential scans and by indexes.
  private struct Reads {
    var whole: Int64
    var fetched: Int64
  }

  /// Returns this connection's reads that are not in the server's statistics yet, including those of earlier
  /// transactions.
  private func reads(on connection: PostgresConnection) async throws -> [String: Reads] {
    let rows = try await connection.query(
      """
      SELECT relname::text, coalesce(seq_tup_read, 0), coalesce(idx_tup_fetch, 0)
      FROM pg_stat_xact_user_tables
      WHERE relname IN ('campaign_log', 'campaign_members', 'contacts', 'segment_members')
      """)
    return Dictionary(
      uniqueKeysWithValues: try rows.map { row in
        let (table, whole, fetched) = try row.decode(String.self, Int64.self, Int64.self)
        return (table, Reads(whole: whole, fetched: fetched))
      })
  }
}
