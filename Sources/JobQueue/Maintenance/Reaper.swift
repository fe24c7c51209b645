import Foundation
import Logging
import Metrics
import Postgres
import Redis

/// Takes over the jobs of dead workers, and records those that are poison.
struct Reaper: Sendable {
  /// The lease time of workers, unless their configuration says otherwise.
  static let standardLeaseTime = Duration.seconds(6)

  let client: JobClient
  let leaseTime: Duration
  let crashLimit: Int
  let logger: Logger
  /// The time for which a dead worker's session may still hold the row of a job that is poison.
  let grace: Duration

  /// The troubles of rounds, each logged at its begin and end.
  private let troubles = TroubleLog()

  init(
    client: JobClient, leaseTime: Duration, crashLimit: Int, logger: Logger,
    grace: Duration = EvictionGrace().dead
  ) {
    self.client = client
    self.leaseTime = leaseTime
    self.crashLimit = crashLimit
    self.logger = logger
    self.grace = grace
  }

  /// Makes one round over some queues. Failures are logged and affect one queue only; the next round comes soon.
  func reap(_ queues: [String]) async {
    do {
      let replies = try await client.redis.pipeline(
        Scripts.reap,
        calls: queues.map {
          (
            [RedisArgument(client.keys.base($0))],
            [RedisArgument(leaseTime.milliseconds), 1000, RedisArgument(crashLimit)]
          )
        })
      var failures: [(queue: String, error: any Error)] = []
      for (queue, reply) in zip(queues, replies) {
        do {
          try await note(try reply.get(), of: queue)
        } catch {
          failures.append((queue, error))
        }
      }
      report(failures)
    } catch {
      logger.debug("The search for dead workers failed", metadata: ["error": "\(error)"])
    }
  }

  /// Logs a round's failures as one.
  private func report(_ failures: [(queue: String, error: any Error)]) {
    let what = "settling"
    guard let first = failures.first else {
      return troubles.works(what) {
        logger.notice("Dead workers' jobs are settled again", metadata: $0)
      }
    }
    troubles.failed(what) { metadata in
      logger.notice(
        "Dead workers' jobs could not be settled",
        metadata: metadata.merging([
          "queues": "\(failures.map(\.queue).joined(separator: ","))", "error": "\(first.error)",
        ]) { $1 })
    }
  }

  private func note(_ reply: RedisValue, of queue: String) async throws {
    let numbers = (reply.array ?? []).compactMap { $0.int.map(Int.init) }
    guard numbers.count == 4 else { return }
    if numbers[0] > 0 || numbers[1] > 0 {
      Counter(label: "martlet_jobs_reaped_total", dimensions: [("queue", queue)])
        .increment(by: numbers[0])
      logger.warning(
        "Jobs of dead workers were taken over",
        metadata: [
          "queue": "\(queue)", "jobs": "\(numbers[0])", "poison": "\(numbers[1])",
          "workers": "\(numbers[2])",
        ])
    }
    if numbers[3] > 0 { try await settlePoison(queue) }
  }

  /// Records durable jobs that crashed too many workers as dead. The script keeps them in a list until this has
  /// happened, so a crash in between repeats it.
  private func settlePoison(_ queue: String) async throws {
    let key = client.keys.base(queue)
    let reply = try await client.redis.send("LRANGE", RedisArgument(key + "poison"), 0, 999)
    var failures: [DurableStore.Failure] = []
    var readable: [RedisArgument] = []
    var unreadable: [RedisArgument] = []
    for bytes in (reply.array ?? []).compactMap(\.bytes) {
      do {
        let entry = try QueueEntry(parsing: bytes)
        failures.append(
          DurableStore.Failure(
            id: entry.id, token: .max, attempt: entry.attempt, retryAt: nil,
            error: "poison: \(entry.crashes) workers died while they had it"))
        readable += [RedisArgument(bytes: bytes), RedisArgument(entry.id.description)]
      } catch {
        // The next sweep pushes the job again from its row, if there is one.
        let id = bytes.split(separator: UInt8(ascii: " "), maxSplits: 5).dropFirst(4).first
        logger.error(
          "A poison entry cannot be read and was removed",
          metadata: [
            "queue": "\(queue)", "error": "\(error)",
            "entry": "\(String(decoding: bytes.prefix(200), as: UTF8.self))",
          ])
        unreadable += [RedisArgument(bytes: bytes), RedisArgument(bytes: Array(id ?? []))]
      }
    }
    try await forget(unreadable, key)
    guard !failures.isEmpty, let rows = try await recordDeaths(failures, key) else { return }
    await client.pushCommitted(rows)
    try await forget(readable, key)
  }

  private func forget(_ entries: [RedisArgument], _ key: String) async throws {
    guard !entries.isEmpty else { return }
    _ = try await client.redis.run(
      Scripts.settlePoison, keys: [RedisArgument(key)], arguments: entries)
  }

  /// Writes the deaths. A hung worker that still holds a row is fenced; other locks do not hold up reaping for long.
  ///
  /// - Returns: the jobs that follow batches; nil when another process is writing the deaths.
  private func recordDeaths(
    _ deaths: [DurableStore.Failure], _ key: String
  ) async throws -> [JobRow]? {
    let now = client.clock.now
    return try await client.postgres.transaction { connection in
      guard try await DurableStore.lockPoison(of: key, on: connection) else { return nil }
      return try await Eviction.guarding(
        after: grace, on: connection, client: client, logger: logger
      ) {
        let batches = try await DurableStore.recordDeaths(deaths, now: now, on: connection)
        return try await DurableStore.countDown(batches, failed: true, now: now, on: connection)
      }
    }
  }
}
