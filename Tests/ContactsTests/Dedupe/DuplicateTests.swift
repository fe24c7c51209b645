import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Segments
import TestSupport
import Testing
import Users

/// A database in which telephone numbers are unique identifiers like addresses, and a queue.
struct DuplicateWorld: Sendable {
  let jobs: JobClient
  var pool: PostgresPool { jobs.postgres }

  static func with(_ body: @escaping @Sendable (DuplicateWorld) async throws -> Void) async throws {
    let redis = try TestRedis()
    let migrations = JobQueueSchema.migrations + contactMigrations
    try await TestDatabase.with(migrations: migrations, maximumConnections: 12) { database in
      try await database.pool.query(
        "UPDATE fields SET is_unique_identifier = true WHERE alias = 'phone'")
      let jobs = JobClient(
        redis: redis.connection, postgres: database.pool, prefix: redis.prefix,
        logger: .silent)
      do {
        try await body(DuplicateWorld(jobs: jobs))
      } catch {
        try await redis.cleanup()
        throw error
      }
      try await redis.cleanup()
    }
  }

  /// Inserts contacts by address and telephone number, each a minute after the previous one.
  func insert(_ contacts: [(email: String?, phone: String?)], identified: Bool = true) async throws
  {
    let first = testNow
    try await pool.query(
      """
      INSERT INTO contacts (date_added, date_identified, identity_shared, email, phone)
      SELECT \(first)::timestamptz + n * interval '1 minute',
        CASE WHEN \(identified) THEN \(first)::timestamptz END, true, email, phone
      FROM unnest(\(contacts.map(\.email))::text[], \(contacts.map(\.phone))::text[])
        WITH ORDINALITY AS given (email, phone, n) ORDER BY n
      """)
  }

  func ids() async throws -> [Int64] {
    try await pool.query("SELECT id FROM contacts ORDER BY id").map { try $0.decode(at: 0) }
  }

  /// Runs workers until the queue is idle.
  func work(
    workers: Int = 2, actions: BulkActions = BulkActions([SegmentsBulkAction()]),
    stepSize: Int = 1_000
  ) async throws {
    try await working(workers: workers, actions: actions, stepSize: stepSize) {
      let isIdle = try await eventually(within: .seconds(60)) { try await jobs.isIdle() }
      #expect(isIdle)
    }
  }

  /// Runs workers while the body runs.
  func working(
    workers: Int = 2, actions: BulkActions = BulkActions([SegmentsBulkAction()]),
    stepSize: Int = 1_000,
    _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    var registry = JobRegistry()
    ContactJobs.register(
      in: &registry, fields: FieldStore(pool: pool), actions: actions,
      commands: [:], segments: { SegmentMembership.members(of: $0) }, stepSize: stepSize,
      tables: MergeWorld.tables,
      companies: { CompanyRules() })
    let handlers = registry
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<workers {
        let worker = Worker(
          client: jobs, registry: handlers,
          configuration: WorkerConfiguration(
            queues: [WorkerQueue(ContactJobs.queue)], concurrency: 2, drainTimeout: .seconds(5)),
          middleware: [], logger: .silent)
        group.addTask { try await worker.run() }
      }
      // Promotes jobs that are to be retried.
      let scheduler = Scheduler(client: jobs, periodic: [], logger: .silent)
      group.addTask { try await scheduler.run() }
      group.addTask { try await body() }
      try await group.next()
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  /// Runs a deduplication to its end.
  func deduplicate(_ job: DeduplicateContacts) async throws -> DeduplicateContacts.Result? {
    let id = try await jobs.enqueue([job])[0]
    try await work()
    guard let text = try await jobs.job(id)?.result else { return nil }
    return try JSONDecoder().decode(DeduplicateContacts.Result.self, from: Data(text.utf8))
  }
}

@Suite struct DuplicateTests {
  private static let example: [(email: String?, phone: String?)] = [
    ("j@x.y", "1"), ("J@X.Y", "1"), ("j@x.y", "2"), ("j@x.y", "2"), ("a@x.y", "3"),
    ("a@x.y", "3"), ("x@x.y", "4"), ("y@x.y", "4"),
  ]

  @Test(
    "CON-80 to CON-83: with AND five remain, with OR three, the newest; a second run finds nothing",
    arguments: [(DuplicateRule.and, [2, 4, 6, 7, 8]), (.or, [4, 6, 8])])
  func mergesTheExample(rule: DuplicateRule, left: [Int64]) async throws {
    try await DuplicateWorld.with { world in
      try await world.insert(Self.example)
      let result = try await world.deduplicate(DeduplicateContacts(rule: rule, batchSize: 1))
      #expect(
        result?.groups == 3 && result?.duplicates == 8 - left.count && result?.jobs.count == 3)
      // CON-81: the newest of each group remains.
      #expect(try await world.ids() == left)
      let again = try await world.deduplicate(DeduplicateContacts(rule: rule))
      #expect(again?.groups == 0 && again?.duplicates == 0 && again?.jobs == [])
      #expect(try await world.ids() == left)
    }
  }

  @Test("CON-81, CON-82: j,j,j,j,a,a,x by e-mail leave three contacts, here the oldest")
  func mergesIntoTheOldest() async throws {
    try await DuplicateWorld.with { world in
      try await world.pool.query(
        "UPDATE fields SET is_unique_identifier = false WHERE alias = 'phone'")
      try await world.insert(["j", "j", "j", "j", "a", "a", "x"].map { ("\($0)@x.y", nil) })
      let result = try await world.deduplicate(DeduplicateContacts(intoOldest: true))
      #expect(result?.groups == 2 && result?.duplicates == 4 && result?.jobs.count == 1)
      #expect(try await world.ids() == [1, 5, 7])
      let leads = try await world.pool.transaction {
        try await ContactMerger.current(of: [1, 2, 3, 4, 6], on: $0)
      }
      #expect(leads == [1: 1, 2: 1, 3: 1, 4: 1, 6: 5])
    }
  }

  @Test("CON-80: visitors and empty values are not duplicates")
  func skipsVisitorsAndEmptyValues() async throws {
    try await DuplicateWorld.with { world in
      try await world.insert([("a@x.y", "1"), ("a@x.y", "1")], identified: false)
      try await world.insert([("b@x.y", nil), ("b@x.y", nil), (nil, ""), (nil, "")])
      #expect(try await world.deduplicate(DeduplicateContacts(rule: .and))?.groups == 0)
      #expect(try await world.deduplicate(DeduplicateContacts(rule: .or))?.duplicates == 1)
      #expect(try await world.ids() == [1, 2, 4, 5, 6])
    }
  }

  @Test(
    "CON-80: random contacts in batches on several workers match a plain search; no points are lost",
    arguments: [DuplicateRule.and, .or])
  func matchesTheReference(rule: DuplicateRule) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("duplicates seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let contacts: [(email: String?, phone: String?)] = (0..<200).map { _ in
      // Enough values for small groups, and few enough for some groups.
      let values = rule == .and ? 0..<12 : 0..<500
      let email = Int.random(in: values, using: &random)
      let phone = Int.random(in: values, using: &random)
      return (email == 0 ? nil : "e\(email)@x.y", phone == 0 ? nil : "\(phone)")
    }
    try await DuplicateWorld.with { world in
      try await world.insert(contacts)
      try await world.pool.query("UPDATE contacts SET points = 1")
      _ = try await world.deduplicate(DeduplicateContacts(rule: rule, batchSize: 7))
      #expect(try await world.ids() == Self.left(contacts, rule), "seed \(seed)")
      let points: Int? = try await world.pool.query("SELECT sum(points)::bigint FROM contacts")
        .first?.decode(at: 0)
      #expect(points == 200)
    }
  }

  /// Returns the newest of each group, found by coloring: neighbors get the same color until
  /// nothing changes.
  private static func left(
    _ contacts: [(email: String?, phone: String?)], _ rule: DuplicateRule
  ) -> [Int64] {
    func same(_ a: (email: String?, phone: String?), _ b: (email: String?, phone: String?)) -> Bool
    {
      let emails = a.email != nil && a.email == b.email
      let phones = a.phone != nil && a.phone == b.phone
      return rule == .and ? emails && phones : emails || phones
    }
    var colors = Array(contacts.indices)
    var changed = true
    while changed {
      changed = false
      for one in contacts.indices {
        for other in contacts.indices where same(contacts[one], contacts[other]) {
          let color = max(colors[one], colors[other])
          if colors[one] != color || colors[other] != color { changed = true }
          colors[one] = color
          colors[other] = color
        }
      }
    }
    return Set(colors).sorted().map { Int64($0 + 1) }
  }
}
