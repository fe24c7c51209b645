import Foundation
import Logging
import Postgres
import Redis
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// A private queue for a test: a database, a prefix in Redis, workers that end with the test.
final class World: Sendable {
  let database: TestDatabase
  let redis: TestRedis
  let client: JobClient
  private let running = Mutex<[Task<Void, Never>]>([])
  static let logger: Logger = {
    var logger = Logger(label: "jobqueue.test")
    let isLoud = ProcessInfo.processInfo.environment["MARTLET_TEST_LOG"] != nil
    logger.logLevel = isLoud ? .debug : .critical
    return logger
  }()

  private init(database: TestDatabase, redis: TestRedis, clock: WallClock) {
    self.database = database
    self.redis = redis
    client = JobClient(
      redis: redis.connection, postgres: database.pool, prefix: redis.prefix, clock: clock,
      logger: Self.logger)
  }

  /// Runs a test in its own world and removes that afterwards.
  static func run(
    clock: WallClock = .system, _ body: (World) async throws -> Void
  ) async throws {
    let database = try await TestDatabase.make(migrations: JobQueueSchema.migrations)
    let world = World(database: database, redis: try TestRedis(), clock: clock)
    do {
      try await body(world)
    } catch {
      await world.end()
      throw error
    }
    await world.end()
  }

  private func end() async {
    let tasks = running.withLock { $0 }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    do {
      try await redis.cleanup()
      try await database.drop()
    } catch {
      Issue.record(error)
    }
  }

  /// Starts a worker with short leases.
  @discardableResult
  func work(
    _ registry: JobRegistry, queues: [WorkerQueue]? = nil, concurrency: Int = 4,
    lease: Duration = .seconds(2), crashLimit: Int = 3, middleware: [any JobMiddleware] = [],
    adjust: (inout WorkerConfiguration) -> Void = { _ in }
  ) -> Worker {
    var configuration = WorkerConfiguration(
      queues: queues ?? registry.queues.map { WorkerQueue($0) }, concurrency: concurrency,
      drainTimeout: .seconds(5), leaseTime: lease, heartbeatInterval: lease / 5,
      crashLimit: crashLimit)
    adjust(&configuration)
    let worker = Worker(
      client: client, registry: registry, configuration: configuration, middleware: middleware,
      logger: Self.logger)
    start { try await worker.run() }
    return worker
  }

  /// Starts a scheduler that looks for dead workers often.
  @discardableResult
  func schedule(_ periodic: [PeriodicJob] = [], lease: Duration = .seconds(2)) -> Scheduler {
    var configuration = SchedulerConfiguration()
    configuration.leaseTime = lease
    configuration.reapInterval = .milliseconds(100)
    configuration.epochInterval = .milliseconds(50)
    configuration.sweepInterval = .milliseconds(200)
    configuration.sweepGrace = .milliseconds(100)
    let scheduler = Scheduler(
      client: client, periodic: periodic, configuration: configuration, logger: Self.logger)
    start { try await scheduler.run() }
    return scheduler
  }

  private func start(_ body: @escaping @Sendable () async throws -> Void) {
    let task = Task {
      do { try await body() } catch { Issue.record(error) }
    }
    running.withLock { $0.append(task) }
  }

  /// Removes everything under the prefix, as FLUSHALL would.
  func flush() async throws {
    // In one script, because FLUSHALL leaves no moment between key and key either.
    let script = "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end"
    _ = try await client.redis.send("EVAL", RedisArgument(script), 0, "*\(redis.prefix)*")
  }

  func count(_ table: String) async throws -> Int {
    let rows = try await database.pool.query("SELECT count(*) AS n FROM \(identifier: table)")
    return try rows[0].decode("n")
  }

  func status(_ queue: String) async throws -> QueueStatus {
    try await client.queues([queue])[0]
  }
}

/// The records of handlers, in order.
final class Diary<Entry: Sendable>: Sendable {
  private let state = Mutex<[Entry]>([])

  func write(_ entry: Entry) { state.withLock { $0.append(entry) } }
  var entries: [Entry] { state.withLock { $0 } }
  var count: Int { state.withLock { $0.count } }
}

/// Holds handlers until it is opened.
final class AccessControl: Sendable {
  private struct State {
    var isOpen = false
    var tickets = 0
    var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
  }
  private let state = Mutex(State())

  /// Waits for the opening, or the end of the task.
  func pass() async {
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let mayPass = state.withLock { state in
          if state.isOpen || Task.isCancelled { return true }
          state.waiting[ticket] = continuation
          return false
        }
        if mayPass { continuation.resume() }
      }
    } onCancel: {
      state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume()
    }
  }

  /// Waits for the opening as a stopped process does: deaf to cancellation.
  func passDeaf() async {
    let opened = await Task {
      await eventually(within: .seconds(30)) { self.state.withLock { $0.isOpen } }
    }.value
    #expect(opened)
  }

  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [:] }
      return state.waiting
    }
    for one in waiting.values { one.resume() }
  }
}

struct Note: TransientJob {
  static let name = "test.note"
  static let queue = "notes"
  var text = ""
}

struct Deed: DurableJob {
  static let name = "test.deed"
  static let queue = "deeds"
  static let options = JobOptions(
    maxAttempts: 3, retry: .constant(.milliseconds(20)), keep: .seconds(3600))
  var number = 0
}

/// The error that test handlers throw.
struct Trouble: Error, CustomStringConvertible {
  var description = "trouble"
}

/// The error of a piece of work; nil when it succeeds.
func failure(of body: () async throws -> Void) async -> (any Error)? {
  do {
    try await body()
    return nil
  } catch {
    return error
  }
}
