import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import Redis
import TestSchema
import TestSupport
import Users

@testable import Imports

/// A database, a Redis namespace and everything for imports on them.
struct ImportBed: Sendable {
  let database: TestDatabase
  let redis: TestRedis
  let jobs: JobClient
  let fields: FieldStore
  let settings: ImportSettings
  let service: ImportService

  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + JobQueueSchema.migrations
    + ImportMigrations.all
  static let actor = ImportActor(id: nil, name: "Tester")

  static func with<R: Sendable>(
    _ settings: ImportSettings = ImportSettings(),
    clock: WallClock = .system,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (ImportBed) async throws -> R
  ) async throws -> R {
    try await TestBed.with(migrations: migrations, clock: clock) { base in
      let (database, jobs) = (base.database, base.jobs)
      let fields = FieldStore(pool: database.pool)
      let bed = ImportBed(
        database: database, redis: base.redis, jobs: jobs, fields: fields, settings: settings,
        service: ImportService(
          jobs: jobs, fields: fields, settings: { settings }, logger: .silent))
      return try await body(bed)
    }
  }

  var pool: PostgresPool { database.pool }

  /// Returns the bed with other settings.
  func with(_ settings: ImportSettings) -> ImportBed {
    ImportBed(
      database: database, redis: redis, jobs: jobs, fields: fields, settings: settings,
      service: ImportService(jobs: jobs, fields: fields, settings: { settings }, logger: .silent))
  }

  /// Uploads a file in chunks of a size.
  func upload(
    _ bytes: [UInt8], _ options: ImportOptions = ImportOptions(), chunk: Int = 65_536
  ) async throws -> Import {
    var rest = bytes[...]
    return try await service.upload(options, by: Self.actor) {
      guard !rest.isEmpty else { return nil as ArraySlice<UInt8>? }
      let next = rest.prefix(chunk)
      rest = rest.dropFirst(chunk)
      return next
    }
  }

  func upload(
    _ text: String, _ options: ImportOptions = ImportOptions(), chunk: Int = 65_536
  ) async throws -> Import {
    try await upload(Array(text.utf8), options, chunk: chunk)
  }

  /// Runs workers during a closure.
  func working<R: Sendable>(
    workers: Int = 1, concurrency: Int = 2, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    ImportJobs.register(in: &registry, pool: pool, fields: fields, settings: settings)
    return try await jobs.working(registry, workers: workers, concurrency: concurrency, body)
  }

  /// Uploads a file, lets workers import it, and waits for its end.
  func importing(
    _ text: String, _ options: ImportOptions = ImportOptions(), workers: Int = 1,
    concurrency: Int = 2
  ) async throws -> Import {
    let item = try await upload(text, options)
    return try await working(workers: workers, concurrency: concurrency) {
      try await self.ended(item.id)
    }
  }

  /// Returns the import once it has ended.
  func ended(_ id: Int64, within limit: Duration = .seconds(60)) async throws -> Import {
    _ = try await eventually(within: limit) { try await service.store.get(id).status.hasEnded }
    return try await service.store.get(id)
  }

  /// Returns what is stored of imports: nothing, if the only one was refused.
  func leftovers() async throws -> [String?] {
    try await texts(
      """
      SELECT 'import ' || id FROM imports UNION ALL SELECT 'part ' || number FROM import_parts
      UNION ALL SELECT 'job ' || name FROM jobs
      """)
  }

  /// Returns one column of a query as texts.
  func texts(_ sql: SQL) async throws -> [String?] {
    try await pool.query(sql).map { try $0.decode(at: 0, as: String?.self) }
  }
}

extension Import {
  /// The numbers of inserted, updated and ignored rows.
  var counts: String { "\(insertedCount) \(updatedCount) \(ignoredCount)" }
}
