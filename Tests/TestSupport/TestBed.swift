public import JobQueue
public import Postgres

/// A database and a key prefix in Redis for one test, with a client of the job queue. The test beds of the modules add
/// to it.
public struct TestBed: Sendable {
  /// The database, with the migrations applied.
  public let database: TestDatabase
  /// The keys in Redis.
  public let redis: TestRedis
  /// The client of the queue.
  public let jobs: JobClient

  /// Creates a test bed, passes it to a closure and removes it.
  public static func with<R: Sendable>(
    migrations: [Migration], clock: WallClock = .system,
    isolation: isolated (any Actor)? = #isolation,
    _ body: (TestBed) async throws -> R
  ) async throws -> R {
    let redis = try TestRedis()
    let result: Result<R, any Error>
    do {
      result = .success(
        try await TestDatabase.with(migrations: migrations, maximumConnections: 12) { database in
          let jobs = JobClient(
            redis: redis.connection, postgres: database.pool, prefix: redis.prefix, clock: clock,
            logger: .silent)
          return try await body(TestBed(database: database, redis: redis, jobs: jobs))
        })
    } catch {
      result = .failure(error)
    }
    try await redis.cleanup()
    return try result.get()
  }
}

extension JobClient {
  /// Runs workers, and a scheduler where there is something to schedule, while a closure runs.
  ///
  /// - Parameters:
  ///   - periodic: The scheduler's jobs; with an empty list it promotes what is due, with `nil` there is none.
  public func working<R: Sendable>(
    _ registry: JobRegistry, workers: Int = 1, concurrency: Int = 3, lease: Duration = .seconds(6),
    periodic: [PeriodicJob]? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> R
  ) async throws -> R {
    let all = (0..<workers).map { _ in
      Worker(
        client: self, registry: registry,
        configuration: WorkerConfiguration(
          queues: registry.queues.map { WorkerQueue($0) }, concurrency: concurrency,
          leaseTime: lease, heartbeatInterval: lease / 5), logger: .silent)
    }
    let tasks = all.map { worker in Task { try await worker.run() } }
    let scheduler = periodic.map { Scheduler(client: self, periodic: $0, logger: .silent) }
    let scheduling = Task { try await scheduler?.run() }
    let result: Result<R, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    for worker in all { worker.beginDrain(timeout: .seconds(5)) }
    for task in tasks { try await task.value }
    scheduling.cancel()
    _ = await scheduling.result
    return try result.get()
  }
}
