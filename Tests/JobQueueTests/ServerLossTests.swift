import Foundation
import Logging
import Postgres
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Servers that are killed and come back while jobs are under way.
@Suite struct ServerLossTests {
  /// Numbers become rows; afterwards each must be there once.
  private func run(
    redis: PrivateRedis, postgres: PrivatePostgres, jobs count: Int,
    disturb: (Int) async throws -> Void
  ) async throws {
    var configuration = try RedisConfiguration(url: redis.url)
    configuration.commandTimeout = .seconds(2)
    let connection = RedisConnection(configuration, name: "test", logger: World.logger)
    let pool = PostgresPool(
      try PostgresConfiguration(url: postgres.url, maximumConnections: 6), logger: World.logger)
    _ = try await Migrator(JobQueueSchema.migrations).run(on: pool)
    try await pool.query("CREATE TABLE effects (number bigint)")
    let client = JobClient(redis: connection, postgres: pool, logger: World.logger)
    var registry = JobRegistry()
    registry.register(Deed.self) { deed, context in
      try await Task.sleep(for: .milliseconds(1))
      _ = try await context.complete { transaction in
        try await transaction.query("INSERT INTO effects VALUES (\(deed.number))")
      }
    }
    var scheduling = SchedulerConfiguration()
    scheduling.leaseTime = .seconds(2)
    scheduling.epochInterval = .milliseconds(50)
    scheduling.sweepInterval = .milliseconds(200)
    scheduling.sweepGrace = .milliseconds(100)
    let scheduler = Scheduler(client: client, configuration: scheduling, logger: World.logger)
    let worker = Worker(
      client: client, registry: registry,
      configuration: WorkerConfiguration(
        queues: [WorkerQueue("deeds")], leaseTime: .seconds(2),
        heartbeatInterval: .milliseconds(300)),
      middleware: [], logger: World.logger)
    let tasks = [Task { try await scheduler.run() }, Task { try await worker.run() }]

    for number in 0..<count {
      // An enqueuer that is refused tries again; one that does not know the outcome asks first.
      while true {
        let error = await failure { try await client.enqueue(Deed(number: number)) }
        if error == nil { break }
        if (error as? PostgresError)?.mayHaveBeenApplied == true {
          let isThere = await eventually {
            await failure { try await pool.query("SELECT 1") } == nil
          }
          #expect(isThere)
          let rows = try await pool.query(
            """
            SELECT 1 FROM effects WHERE number = \(number)
            UNION ALL SELECT 1 FROM jobs WHERE payload = \("{\"number\":\(number)}")
            """)
          if !rows.isEmpty { break }
        }
        try await Task.sleep(for: .milliseconds(20))
      }
      try await disturb(number)
    }
    let isDone = await eventually(within: .seconds(40)) {
      do {
        let rows = try await pool.query("SELECT count(*) AS n FROM jobs")
        return try rows[0].decode("n", as: Int.self) == 0
      } catch { return false }
    }
    #expect(isDone)
    let numbers = try await pool.query("SELECT number FROM effects ORDER BY number")
      .map { try $0.decode("number", as: Int.self) }
    #expect(numbers == Array(0..<count))
    #expect(
      await eventually {
        worker.health.isRedisReachable && worker.health.isPostgresReachable
      })
    #expect(await eventually { await failure { _ = try await client.queues() } == nil })
    for task in tasks { task.cancel() }
    for task in tasks { try await task.value }
    await connection.close()
    await pool.close()
  }

  @Test(.timeLimit(.minutes(15)), arguments: [true, false])
  func killedRedisComesBack(isPersistent: Bool) async throws {
    let redis = try await PrivateRedis.start(persistent: isPersistent)
    let postgres = try await PrivatePostgres.start()
    try await run(redis: redis, postgres: postgres, jobs: 300) { number in
      if number == 100 || number == 200 {
        redis.kill()
        try await redis.start()
      }
    }
    postgres.stop()
  }

  @Test(.timeLimit(.minutes(15))) func killedPostgresComesBack() async throws {
    let redis = try await PrivateRedis.start()
    let postgres = try await PrivatePostgres.start()
    try await run(redis: redis, postgres: postgres, jobs: 300) { number in
      if number == 100 { try await postgres.restart() }
      if number == 200 {
        postgres.kill()
        try await postgres.start()
      }
    }
    postgres.stop()
  }
}
