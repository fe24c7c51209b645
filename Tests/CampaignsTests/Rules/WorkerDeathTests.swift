import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Redis
import TestSupport
import Testing

@testable import Campaigns

/// Kills its process at one contact, as a trap or a lack of memory does.
private struct DeadlyAction: CampaignAction, PlainExternalAction {
  static let contact: Int64 = 7

  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    if enrollments.contains(where: { $0.contact == Self.contact }) { fatalError("deadly") }
    return ActionOutcome()
  }

  func perform(
    _ event: CampaignEvent, _ contact: ExternalContact, key: String, _ settings: CampaignSettings
  ) async -> Result<Void, ActionFailure> {
    if contact.id == Self.contact { fatalError("deadly") }
    return .success(())
  }
}

extension EventTypes {
  fileprivate static var deadly: EventTypes {
    var types = EventTypes.trial
    types.add("trial.deadly", .action(DeadlyAction()))
    types.add("trial.deadly.outside", .external(DeadlyAction()))
    return types
  }
}

/// Actions that kill the worker that performs them, in processes of their own.
@Suite("A worker that dies of an action", .serialized)
struct WorkerDeathTests {
  /// The place of the action in its campaign.
  enum Place: CaseIterable {
    case enrolled, due, outside, belowAction, belowCondition, belowDecision

    /// The events; the first one is due, unless the enrolment performs it.
    var events: [JSONValue] {
      let wait: [String: JSONValue] = ["triggerMode": "interval"]
      switch self {
      case .enrolled: return [E.action("call", "trial.deadly")]
      // Delayed by nothing worth waiting for: it is due, and not part of the enrolment.
      case .due: return [E.action("call", "trial.deadly", [:], wait)]
      case .outside: return [E.action("call", "trial.deadly.outside", [:], wait)]
      case .belowAction:
        return [
          E.points("first", after: (0, "i")), E.action("call", "trial.deadly", under: "first"),
        ]
      case .belowCondition:
        return [
          E.condition("ask", "email.validate.address", after: (0, "i")),
          E.action("call", "trial.deadly", under: "ask", path: "yes"),
        ]
      case .belowDecision:
        return [
          E.decision("visit", "page.pagehit"),
          E.condition("ask", "email.validate.address", under: "visit", path: "no"),
          E.action("call", "trial.deadly", under: "ask", path: "yes"),
        ]
      }
    }
  }

  private static let variable = "MARTLET_TEST_DEADLY"
  private static let environment = ProcessInfo.processInfo.environment

  private static var settings: CampaignSettings {
    var settings = CampaignBed.localCalls
    settings.maxAttempts = 3
    return settings
  }

  private static func runtime(_ jobs: JobClient) -> CampaignService {
    let settings = settings
    let engine = CampaignEngine(
      fields: FieldStore(pool: jobs.postgres), types: .deadly, settings: { settings })
    return CampaignService(engine: engine, jobs: jobs, logger: .silent)
  }

  /// The worker itself: works on the database and the keys that the variable names, until it dies.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["MARTLET_TEST_DEADLY"] != nil))
  func becomesAWorker() async throws {
    let parts = (Self.environment[Self.variable] ?? "").split(separator: " ").map(String.init)
    let pool = PostgresPool(
      try PostgresConfiguration(url: parts[0], maximumConnections: 6), logger: .silent)
    let redis = RedisConnection(
      try RedisConfiguration(url: parts[1]), name: "deadly", logger: .silent)
    let jobs = JobClient(redis: redis, postgres: pool, prefix: parts[2], logger: .silent)
    var registry = JobRegistry()
    CampaignJobs.register(in: &registry, Self.runtime(jobs))
    try await jobs.working(registry, lease: .seconds(2)) {
      try await Task.sleep(for: .seconds(600))
    }
  }

  private static func worker(_ bed: TestBed, log: URL) throws -> Child {
    try Child(
      "/proc/self/exe",
      ["--testing-library", "swift-testing", "--filter", "WorkerDeathTests/becomesAWorker"],
      environment: [
        "SWIFT_BACKTRACE": "enable=no",
        variable: "\(bed.database.url) \(bed.redis.url) \(bed.redis.prefix)",
      ], log: log)
  }

  @Test(
    "CAM-463: an action that kills its worker is given up; all other contacts are done",
    arguments: Place.allCases)
  func givesUp(_ place: Place) async throws {
    try await TestBed.with(migrations: CampaignBed.migrations) { base in
      let clock = TestInstant(Date())
      let bed = CampaignBed(
        pool: base.database.pool, redis: base.redis, jobs: base.jobs, clock: clock,
        runtime: Self.runtime(base.jobs), mail: nil)
      try await bed.contacts(20)
      try await bed.segment(1, members: Array(1...20))
      let campaign = try await bed.campaign(place.events)
      if place != .enrolled {
        // As when the campaign was published a while ago.
        let state: EntryState = place == .belowDecision ? .waiting : .scheduled
        try await bed.pool.query("DELETE FROM jobs")
        try await bed.pool.query(
          """
          INSERT INTO campaign_members (contact_id, campaign_id, date_added)
          SELECT n, \(campaign.id), now() FROM generate_series(1, 20) AS n
          """)
        try await bed.pool.query(
          """
          INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
            state) SELECT n, \(campaign.events[0].id), 1, \(campaign.id), now(), now(),
              \(state.rawValue)
          FROM generate_series(1, 20) AS n
          """)
      }
      let log = FileManager.default.temporaryDirectory.appending(
        path: "deadly-\(UUID().uuidString)")
      var worker = try Self.worker(base, log: log)
      var deaths = 0
      let events = campaign.events.map(\.id)
      // It takes over the jobs of the dead.
      let scheduler = Scheduler(client: base.jobs, logger: .silent)
      let scheduling = Task { try await scheduler.run() }
      let isDone = try await eventually(within: .seconds(240)) {
        if !worker.isRunning {
          deaths += 1
          worker = try Self.worker(base, log: log)
          // A claim lapses after seconds that need not be waited for; the look would find it.
          try await bed.pool.query(
            "UPDATE campaign_log SET lease_until = now() - interval '1 s' WHERE state = 2")
        }
        for event in events {
          try await bed.jobs.enqueue(
            ExecuteDue(event: event), EnqueueOptions(uniqueKey: "look \(event) \(deaths)"))
        }
        let counts = try await bed.pool.query(
          "SELECT count(*), count(*) FILTER (WHERE state < 3) FROM campaign_log")
        let (all, open) = try counts[0].decode(Int.self, Int.self)
        return all == 20 * events.count && open == 0
      }
      scheduling.cancel()
      _ = await scheduling.result
      worker.kill()
      let entries = try await bed.log(campaign.id)
      #expect(isDone, "\(deaths) deaths: \(entries)")
      // Once before the action was suspected, and at each attempt.
      #expect((3...6).contains(deaths))
      let failed = try await bed.pool.query(
        "SELECT contact_id, attempts, error FROM campaign_log WHERE state = 4")
      #expect(failed.count == 1)
      let (contact, attempts, error) = try #require(failed.first).decode(
        Int64.self, Int.self, String.self)
      #expect(contact == DeadlyAction.contact)
      #expect(attempts == 3)
      #expect(error.contains("the worker died"))
      try FileManager.default.removeItem(at: log)
    }
  }
}
