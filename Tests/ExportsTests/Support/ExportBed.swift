import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Redis
import Segments
import Synchronization
import TestSchema
import TestSupport
import Users

@testable import Exports

/// A database, a Redis namespace and everything for exports on them.
struct ExportBed: Sendable {
  let database: TestDatabase
  let redis: TestRedis
  let jobs: JobClient
  let fields: FieldStore
  let settings: ExportSettings
  let service: ExportService

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + [SegmentsMigrations.called] + ExportsMigrations.all
  /// The default user.
  static let user = ExportUser(Author(id: 7, name: "Tester"))

  static func with<R: Sendable>(
    _ settings: ExportSettings = ExportSettings(), clock: WallClock = .system,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ExportBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations, clock: clock) { base in
      let (database, jobs) = (base.database, base.jobs)
      let fields = FieldStore(pool: database.pool)
      let bed = ExportBed(
        database: database, redis: base.redis, jobs: jobs, fields: fields, settings: settings,
        service: ExportService(jobs: jobs, fields: fields, commands: SegmentSearch.commands) {
          settings
        })
      return try await body(bed)
    }
  }

  var pool: PostgresPool { database.pool }

  /// Returns the bed with another clock.
  func at(_ clock: WallClock) -> ExportBed {
    let jobs = JobClient(
      redis: redis.connection, postgres: pool, prefix: redis.prefix, clock: clock,
      logger: .silent)
    let settings = settings
    return ExportBed(
      database: database, redis: redis, jobs: jobs, fields: fields, settings: settings,
      service: ExportService(jobs: jobs, fields: fields, commands: SegmentSearch.commands) {
        settings
      })
  }

  // MARK: Contacts

  /// Adds known contacts `user1@example.com` … with first names.
  func people(_ count: Int) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (email, firstname, city, date_added, date_identified)
      SELECT 'user' || n || '@example.com', 'Name ' || n, 'City, ' || n % 5,
        '2024-01-01 00:00:00+00', '2024-01-01 00:00:00+00'
      FROM generate_series(1, \(count)) AS n ORDER BY n
      """)
  }

  /// Inserts a contact with some columns and returns its id.
  @discardableResult
  func person(_ columns: [String: String], known: Bool = true) async throws -> Int64 {
    var names: SQL = "date_added, date_identified"
    var values: SQL = "'2024-01-01 00:00:00+00', \(known ? Date(timeIntervalSince1970: 0) : nil)"
    for (name, value) in columns {
      names += ", \(identifier: name)"
      // The value is cast from text to the type of the column.
      values += ", (\(value)::text)"
      values += SQL(unsafeText: Self.cast(name))
    }
    return try await pool.query(
      "INSERT INTO contacts (\(sql: names)) VALUES (\(sql: values)) RETURNING id"
    )[0].decode("id")
  }

  private static func cast(_ column: String) -> String {
    switch column {
    case "points": "::integer"
    case "attribution": "::numeric"
    case "attribution_date", "last_active": "::timestamptz"
    case "vip": "::boolean"
    case "colours": "::text[]"
    case "born": "::date"
    case "rating": "::double precision"
    default: ""
    }
  }

  // MARK: Exports

  /// Creates an export, lets a worker write it, and returns it with its file.
  func exporting(
    _ options: ExportOptions, by user: ExportUser = ExportBed.user
  ) async throws -> (export: Export, file: [UInt8]) {
    let export = try await service.create(options, by: user)
    let done = try await working { try await ended(export.id) }
    return (done, done.status == .ready ? try await file(done.id, for: user) : [])
  }

  /// Returns the records of a CSV of all contacts.
  func csv(_ options: ExportOptions) async throws -> [String] {
    let file = try await exporting(options).file
    return String(decoding: file, as: UTF8.self).components(separatedBy: "\r\n").dropLast()
  }

  func file(_ id: Int64, for user: ExportUser = ExportBed.user) async throws -> [UInt8] {
    let file = try await service.file(id, for: user)
    var bytes: [UInt8] = []
    try await file.read(0..<file.size) { bytes += $0 }
    return bytes
  }

  /// Returns the export once it has ended.
  func ended(_ id: Int64, within limit: Duration = .seconds(60)) async throws -> Export {
    _ = try await eventually(within: limit) { try await !service.store.get(id).status.isPending }
    return try await service.store.get(id)
  }

  /// Waits until no job is left.
  func idle() async throws -> Bool {
    try await eventually(within: .seconds(30)) {
      try await pool.query("SELECT FROM jobs WHERE state = 0").isEmpty
    }
  }

  /// Returns the number of stored parts.
  func parts() async throws -> Int {
    try await pool.query("SELECT count(*) AS n FROM export_parts")[0].decode("n")
  }

  // MARK: Workers

  func worker(lease: Duration = .seconds(6)) -> Worker {
    var registry = JobRegistry()
    let settings = settings
    ExportJobs.register(in: &registry, fields: fields, commands: SegmentSearch.commands) {
      settings
    }
    return Worker(
      client: jobs, registry: registry,
      configuration: WorkerConfiguration(
        queues: [WorkerQueue(ExportJobs.queue)], concurrency: 2, leaseTime: lease,
        heartbeatInterval: lease / 5), logger: .silent)
  }

  /// Runs a worker during a closure.
  func working<R: Sendable>(
    lease: Duration = .seconds(6), isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    let settings = settings
    ExportJobs.register(in: &registry, fields: fields, commands: SegmentSearch.commands) {
      settings
    }
    return try await jobs.working(registry, concurrency: 2, lease: lease, body)
  }
}
