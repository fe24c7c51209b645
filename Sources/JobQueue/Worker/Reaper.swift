import Foundation
import Logging
import Metrics
import Postgres
import Redis

/// Takes over what dead workers held, and records jobs that are poison.
struct Reaper: Sendable {
  let client: JobClient
  let leaseTime: Duration
  let poisonKills: Int
  let logger: Logger

  /// One round over some queues. Failures are logged; the next round comes soon.
  func reap(_ queues: [String]) async {
    do {
      let replies = try await client.redis.pipeline(
        Scripts.reap,
        calls: queues.map {
          (
            [RedisArgument(client.keys.base($0))],
            [RedisArgument(leaseTime.milliseconds), 1000, RedisArgument(poisonKills)]
          )
        })
      for (queue, reply) in zip(queues, replies) {
        let numbers = (try reply.get().array ?? []).compactMap { $0.int.map(Int.init) }
        guard numbers.count == 4 else { continue }
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
    } catch {
      logger.debug("Looking for dead workers failed", metadata: ["error": "\(error)"])
    }
  }

  /// Records durable jobs that killed too many workers as dead. The script keeps them in a list
  /// until this has happened, so a crash in between repeats it.
  private func settlePoison(_ queue: String) async throws {
    let key = client.keys.base(queue)
    let reply = try await client.redis.send("LRANGE", RedisArgument(key + "poison"), 0, 999)
    var failures: [DurableStore.Failure] = []
    var arguments: [RedisArgument] = []
    for bytes in (reply.array ?? []).compactMap(\.bytes) {
      let entry = try QueueEntry(parsing: bytes)
      failures.append(
        DurableStore.Failure(
          id: entry.id, token: .max, attempt: entry.attempt, retryAt: nil,
          error: "poison: \(entry.kills) workers died while they had it"))
      arguments += [RedisArgument(bytes: bytes), RedisArgument(entry.id.description)]
    }
    let now = client.clock.now
    let deaths = failures
    let rows = try await client.postgres.transaction { connection in
      let batches = try await DurableStore.recordDeaths(deaths, now: now, on: connection)
      return try await DurableStore.countDown(batches, failed: true, now: now, on: connection)
    }
    await client.pushCommitted(rows)
    _ = try await client.redis.run(
      Scripts.settlePoison, keys: [RedisArgument(key)], arguments: arguments)
  }
}
