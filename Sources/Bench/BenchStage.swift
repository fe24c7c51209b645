import Foundation
import JobQueue
import Logging
import Postgres
import Primitives
import Redis
import Synchronization

/// The environment of a benchmark: a database of its own on the given server and keys of its own in Redis, both removed
/// afterwards. No installation is touched.
struct BenchStage: Sendable {
  let postgres: PostgresPool
  let redis: RedisConnection
  let client: JobClient
  let databaseURL: String
  let prefix: String
  let logger: Logger

  /// Runs `body` on a stage with the given migrations applied.
  static func with<R: Sendable>(
    databaseURL: String, redisURL: String, migrations: [Migration], connections: Int = 8,
    _ body: (BenchStage) async throws -> R
  ) async throws -> R {
    var logger = Logger(label: "martlet.bench")
    logger.logLevel = .error
    let name = "martlet_bench_\(ProcessInfo.processInfo.processIdentifier)"
    let admin = PostgresPool(
      try PostgresConfiguration(url: databaseURL, maximumConnections: 1), logger: logger)
    try await admin.query("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    try await admin.query("CREATE DATABASE \(identifier: name)")
    let url = replacingDatabase(in: databaseURL, with: name)
    let pool = PostgresPool(
      try PostgresConfiguration(
        url: url, maximumConnections: connections, applicationName: "martlet-bench"),
      logger: logger)
    let redis = RedisConnection(
      try RedisConfiguration(url: redisURL), name: "martlet-bench", logger: logger)
    let stage = BenchStage(
      postgres: pool, redis: redis,
      client: JobClient(redis: redis, postgres: pool, prefix: name, logger: logger),
      databaseURL: url, prefix: name, logger: logger)
    var outcome: Result<R, any Error>
    do {
      _ = try await Migrator(migrations).run(on: pool)
      outcome = .success(try await body(stage))
    } catch {
      outcome = .failure(error)
    }
    do {
      try await stage.sweepRedis()
      await redis.close()
      await pool.close()
      try await admin.query("DROP DATABASE IF EXISTS \(identifier: name) WITH (FORCE)")
    } catch {
      if case .success = outcome { outcome = .failure(error) }
    }
    await admin.close()
    return try outcome.get()
  }

  /// Deletes the keys under the stage's prefix.
  func sweepRedis() async throws {
    var cursor = "0"
    repeat {
      let reply = try await redis.send(
        "SCAN", RedisArgument(cursor), "MATCH", "\(prefix)*", "COUNT", 1000)
      guard let parts = reply.array, parts.count == 2, let next = parts[0].text else { return }
      let keys = (parts[1].array ?? []).compactMap(\.bytes).map { RedisArgument(bytes: $0) }
      if !keys.isEmpty { _ = try await redis.send(["UNLINK"] + keys) }
      cursor = next
    } while cursor != "0"
  }

  /// A libpq URI with another database.
  private static func replacingDatabase(in url: String, with name: String) -> String {
    guard var parts = URLComponents(string: url) else { return url }
    parts.path = "/\(name)"
    return parts.string ?? url
  }

  /// The host and port of the Redis server, for the bare client.
  func bareRedis() throws -> BareRedis {
    guard case .fixed(.tcp(let host, let port)) = redis.configuration.discovery else {
      throw BenchError("the queue's benchmarks need a Redis by TCP, without Sentinel")
    }
    return try BareRedis(host: host, port: port)
  }

  /// Redis commands served so far, those inside scripts included.
  func commandsServed() async throws -> Int {
    let text = try await redis.send("INFO", "stats").text ?? ""
    for line in text.split(whereSeparator: \.isNewline)
    where line.hasPrefix("total_commands_processed:") {
      return Int(line.dropFirst("total_commands_processed:".count)) ?? 0
    }
    return 0
  }

  /// Measures the seconds, statements and commands of `body`, per item of `items`.
  func measure(
    items: Int, _ body: () async throws -> Void
  ) async throws -> (seconds: Double, work: Work) {
    let statements = postgres.statementsSent
    let commands = try await commandsServed()
    let seconds = try await seconds(body)
    let work = Work(
      statementsPerItem: Double(postgres.statementsSent - statements) / Double(items),
      commandsPerItem: Double(try await commandsServed() - commands) / Double(items))
    return (seconds, work)
  }
}

/// The seconds that `body` takes.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  try await ContinuousClock().measure(body).seconds
}

/// Counts what handlers do; a task can wait for a count.
final class Tally: Sendable {
  private struct State {
    var count = 0
    var goal = Int.max
    var waiter: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  func add(_ number: Int = 1) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.count += number
      guard state.count >= state.goal else { return nil }
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
  }

  /// Waits until `goal` has been counted.
  func reaches(_ goal: Int) async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if state.count >= goal { return true }
        state.goal = goal
        state.waiter = continuation
        return false
      }
      if isThere { continuation.resume() }
    }
  }
}
