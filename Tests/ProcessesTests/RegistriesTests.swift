import API
import Contacts
import Postgres
import Runtime
import TestSupport
import Testing

@testable import JobQueue
@testable import Processes

@Suite("The API and the workers know the same tables, commands and actions")
struct RegistriesTests {
  /// Runs the body on a database of its own with the services of a process.
  private func withBackends(
    _ body: @escaping @Sendable (Backends) async throws -> Void
  ) async throws {
    let redis = try TestRedis()
    try await TestDatabase.with(migrations: Schema.all) { database in
      let backends = try Backends(
        try ProcessConfiguration.load(
          .dev,
          environment: [
            "MARTLET_DATABASE_URL": database.url, "MARTLET_REDIS_URL": redis.url,
            "MARTLET_REDIS_PREFIX": redis.prefix,
          ]), logger: .silent)
      let now = backends.clock.now
      for id in [1, 2] {
        try await database.pool.query(
          """
          INSERT INTO contacts (id, email, date_added, date_identified)
          VALUES (\(id), \("\(id)@example.com"), \(now), \(now))
          """)
      }
      try await database.pool.query(
        "INSERT INTO campaigns (id, name, date_added) VALUES (1, 'Welcome', \(now))")
      try await body(backends)
      await backends.close()
    }
    try await redis.cleanup()
  }

  /// Runs the workers' handlers until the queues are idle.
  private func work(_ backends: Backends) async throws {
    let worker = Worker(
      client: backends.jobs, registry: Handlers.registry(backends),
      configuration: WorkerConfiguration(queues: [WorkerQueue(ContactJobs.queue)]),
      middleware: [], logger: .silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      let isDone = try await eventually(within: .seconds(30)) {
        try await backends.jobs.postgres.query(
          "SELECT FROM jobs WHERE queue = \(ContactJobs.queue)"
        ).isEmpty
      }
      #expect(isDone)
      group.cancelAll()
    }
  }

  /// The ids of the campaign's members.
  private func members(_ backends: Backends) async throws -> [Int64] {
    try await backends.postgres.query(
      "SELECT contact_id FROM campaign_members WHERE is_active ORDER BY 1"
    ).map { try $0.decode(at: 0) }
  }

  @Test("A merge by the API moves the memberships of campaigns")
  func mergeByAPI() async throws {
    try await withBackends { backends in
      try await backends.campaigns.members.add([2], to: 1)
      try await backends.apiServices().contactMerger.merge(
        2, into: 1, by: .system, now: backends.clock.now, with: backends.jobs.transactions)
      #expect(try await members(backends) == [1])
    }
  }

  @Test("A bulk action of another module passes the API and is done by a worker")
  func bulk() async throws {
    try await withBackends { backends in
      let bulk = backends.apiServices().bulk
      let request = BulkRequest(
        "campaigns", ContactSelection(ids: [1, 2]), add: .array([.integer(1)]))
      _ = try await bulk.start(request, by: .system, user: 1)
      try await work(backends)
      #expect(try await members(backends) == [1, 2])
    }
  }

  @Test("Every filter of segments has a name for people, and values from somewhere")
  func filters() async throws {
    try await withBackends { backends in
      try await backends.postgres.query(
        """
        INSERT INTO point_groups (id, name, date_added)
        VALUES (7, 'Loyalty', \(backends.clock.now))
        """)
      let offered = try await backends.apiServices().segments.offeredFilters()
      #expect(offered.count > 60)
      for filter in offered {
        #expect(filter.label != filter.field, "\(filter.field)")
        #expect(!filter.operators.isEmpty, "\(filter.field)")
      }
      #expect(offered.contains { $0.field == "group_points_7" && $0.label == "Loyalty" })
      #expect(Set(offered.map(\.section)).count == 9)
    }
  }
}
