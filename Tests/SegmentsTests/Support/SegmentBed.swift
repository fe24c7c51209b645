import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Primitives
import TestSchema
import TestSupport
import Testing
import Users

@testable import Segments

/// A database, a Redis key prefix and everything that maintains segments on them.
struct SegmentBed: Sendable {
  let pool: PostgresPool
  let redis: TestRedis
  let jobs: JobClient
  let cache: SegmentSetCache

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + SegmentsMigrations.all
  /// The creation time of records: a Wednesday at ten.
  static let start = Date(timeIntervalSince1970: 1_700_042_400)

  static func with<R: Sendable>(
    options: SegmentOptions = SegmentOptions(), clock: WallClock = .system,
    migrations: [Migration] = migrations, url: String? = nil,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (SegmentBed) async throws -> R
  ) async throws -> R {
    let redis = try TestRedis()
    return try await database(url, migrations) { pool in
      let jobs = JobClient(
        redis: redis.connection, postgres: pool, prefix: redis.prefix, clock: clock,
        logger: .silent)
      let cache = SegmentSetCache(fields: FieldStore(pool: pool)) { options }
      let bed = SegmentBed(pool: pool, redis: redis, jobs: jobs, cache: cache)
      let result: R
      do {
        result = try await body(bed)
      } catch {
        try await redis.cleanup()
        throw error
      }
      try await redis.cleanup()
      return result
    }
  }

  private static func database<R: Sendable>(
    _ url: String?, _ migrations: [Migration], isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresPool) async throws -> R
  ) async throws -> R {
    guard let url else {
      return try await TestDatabase.with(migrations: migrations, maximumConnections: 12) {
        try await body($0.pool)
      }
    }
    let pool = PostgresPool(
      try PostgresConfiguration(url: url, maximumConnections: 12), logger: .silent)
    try await Migrator(migrations).run(on: pool)
    let result = try await body(pool)
    await pool.close()
    return result
  }

  var now: Date { jobs.clock.now }

  /// A refresher to call without a queue.
  var refresher: SegmentRefresher {
    SegmentRefresher(jobs: jobs, cache: cache, observers: [], logger: .silent)
  }

  /// Refreshes until there are no marks.
  func refresh() async throws {
    while try await refresher.round().contacts > 0 {}
  }

  /// Runs workers during a closure.
  @discardableResult
  func working<R: Sendable>(
    workers: Int = 1, concurrency: Int = 3, waker: Bool = false,
    others: (inout JobRegistry) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    others(&registry)
    SegmentJobs.register(in: &registry, cache: cache)
    let waking = waker ? SegmentWaker(jobs: jobs, logger: .silent) : nil
    let wakingTask = waking.map { waking in Task { await waking.run() } }
    let result: Result<R, any Error>
    do {
      result = .success(
        try await jobs.working(registry, workers: workers, concurrency: concurrency, body))
    } catch {
      result = .failure(error)
    }
    wakingTask?.cancel()
    await wakingTask?.value
    return try result.get()
  }

  // MARK: Records

  /// Creates contacts with consecutive ids from `first`.
  func contacts(_ count: Int, from first: Int = 1) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, points)
      SELECT n, \(Self.start), \(Self.start), n FROM generate_series(\(first), \(first + count - 1)) AS n
      """)
  }

  /// Creates a segment.
  @discardableResult
  func segment(
    _ id: Int64, _ filters: JSONValue..., isPublished: Bool = true
  ) async throws -> Int64 {
    try await segment(id, filters, isPublished: isPublished)
  }

  /// Creates a segment with a list of filters.
  @discardableResult
  func segment(
    _ id: Int64, _ filters: [JSONValue], isPublished: Bool = true
  ) async throws -> Int64 {
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, is_published, filters, date_added)
      VALUES (\(id), \("Segment \(id)"), \("Segment \(id)"), \("segment-\(id)"), \(isPublished),
        \(try JSON(JSONValue.array(filters))), \(Self.start))
      """)
    return id
  }

  /// Changes a segment's filters as an edit does, without requesting a rebuild.
  func edit(_ id: Int64, _ filters: JSONValue...) async throws {
    try await edit(id, filters)
  }

  /// Changes a segment's filters to a list.
  func edit(_ id: Int64, _ filters: [JSONValue]) async throws {
    try await pool.query(
      """
      UPDATE segments SET filters = \(try JSON(JSONValue.array(filters))),
        filters_version = filters_version + 1
      WHERE id = \(id)
      """)
  }

  /// Changes contacts by an assignment and marks them, as the application does.
  func change(
    _ ids: [Int64], _ assignment: SQL, _ topics: Set<ChangeTopic>
  ) async throws {
    try await jobs.transaction(at: now) { transaction in
      try await transaction.query(
        "UPDATE contacts SET \(sql: assignment) WHERE id = ANY (\(ids))")
      try await ContactChanges.mark(ids, topics, in: transaction)
    }
  }

  func add(_ ids: [Int64], to segment: Int64) async throws {
    try await jobs.transaction(at: now) { transaction in
      try await SegmentMembership.add(ids, to: segment, cause: .user, in: transaction)
    }
  }

  func remove(_ ids: [Int64], from segment: Int64) async throws {
    try await jobs.transaction(at: now) { transaction in
      try await SegmentMembership.remove(ids, from: segment, cause: .user, in: transaction)
    }
  }

  // MARK: Rebuilds

  /// Requests rebuilds, as an edit does.
  func request(_ ids: Int64..., limit: Int? = nil) async throws -> [SegmentRebuildRequest] {
    try await jobs.transaction { transaction in
      try await SegmentRebuilds.request(ids, limit: limit, in: transaction)
    }
  }

  /// Requests the rebuild of a segment and waits for it; workers must run.
  @discardableResult
  func rebuilt(_ id: Int64, limit: Int? = nil) async throws -> SegmentRebuild? {
    guard let request = try await request(id, limit: limit).first else { return nil }
    return try await SegmentRebuilds.wait(for: request, on: pool)
  }

  /// Rebuilds all segments; workers must run.
  @discardableResult
  func rebuiltAll(except: [Int64] = []) async throws -> [SegmentRebuild] {
    let run = try await jobs.transaction(at: now) { transaction in
      try await SegmentRebuilds.requestAll(except: except, in: transaction)
    }
    return try await SegmentRebuilds.wait(forRun: run, on: pool)
  }

  /// Waits until all requested rebuilds are complete; workers must run.
  func settle() async throws {
    let isServed = try await eventually(within: .seconds(30)) {
      try await texts(
        "SELECT 'open' FROM segments WHERE is_published AND rebuilds_served < rebuilds_requested")
        == []
    }
    #expect(isServed)
  }

  // MARK: Reading

  /// Returns the active members of a segment.
  func members(_ segment: Int64) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT contact_id FROM segment_members
      WHERE segment_id = \(segment) AND NOT manually_removed ORDER BY contact_id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns all membership rows, as one text each.
  func rows() async throws -> [String] {
    try await texts(
      """
      SELECT concat_ws(' ', segment_id, contact_id, CASE WHEN manually_added THEN 'pinned'
        WHEN manually_removed THEN 'barred' ELSE 'filtered' END)
      FROM segment_members ORDER BY segment_id, contact_id
      """)
  }

  /// Returns one column of a query as texts.
  func texts(_ sql: SQL) async throws -> [String] {
    try await pool.query(sql).map { try $0.decode(at: 0) }
  }
}

/// Returns a filter in API form.
func filter(
  _ field: String, _ comparison: String, _ value: JSONValue = .null, glue: String = "and",
  object: String = "lead", type: String = "text"
) -> JSONValue {
  .object([
    "glue": .string(glue), "object": .string(object), "field": .string(field),
    "type": .string(type), "operator": .string(comparison),
    "properties": .object(["filter": value]),
  ])
}

/// A filter on points.
func points(_ comparison: String, _ value: Int64, glue: String = "and") -> JSONValue {
  filter("points", comparison, .integer(value), glue: glue, type: "number")
}

/// A filter on a range of points.
func points(_ comparison: String, _ first: Int64, _ last: Int64) -> JSONValue {
  filter("points", comparison, .array([.integer(first), .integer(last)]), type: "number")
}

/// A filter on membership.
func members(_ comparison: String, _ segments: Int64..., glue: String = "and") -> JSONValue {
  filter(
    "leadlist", comparison, .array(segments.map { .integer($0) }), glue: glue, type: "leadlist")
}

/// A filter whose value is a text.
func filter(
  _ field: String, _ comparison: String, _ text: String, glue: String = "and",
  object: String = "lead", type: String = "text"
) -> JSONValue {
  filter(field, comparison, .string(text), glue: glue, object: object, type: type)
}
