import Foundation
import Logging
import Metrics
import Redis

extension Scheduler {
  /// Checks whether Redis was emptied, and rebuilds the queues if it was.
  func epochLoop() async {
    while !Task.isCancelled {
      await attempt("watching Redis") {
        let epoch = try await client.redis.send("EXISTS", RedisArgument(client.keys.epoch))
        if epoch.int == 0 { try await rebuildFromPostgres() }
      }
      await pause(configuration.epochInterval)
    }
  }

  /// Writes all queues' settings and all durable jobs to Redis. Several schedulers may do it at once: jobs that Redis
  /// knows are skipped. The epoch is set at the end, so that an interrupted run starts over, and only if a mark set at
  /// the beginning is still there, so that a run during which Redis was emptied again starts over too.
  func rebuildFromPostgres() async throws {
    let start = ContinuousClock.now
    let mark = RedisArgument(client.keys.epochMark("\(UInt64.random(in: 0 ... .max))"))
    _ = try await client.redis.send("SET", mark, 1, "EX", 3600)
    for (queue, settings) in try await QueueSettingsStore.all(on: client.postgres) {
      try await client.write(settings, of: queue)
    }
    client.announced.withLock { $0 = [] }
    let pushed = try await sweep(olderThan: .distantFuture)
    let hasBegun = try await client.redis.run(
      Scripts.beginEpoch, keys: [RedisArgument(client.keys.epoch), mark],
      arguments: [RedisArgument(client.clock.real.milliseconds)])
    guard hasBegun.int == 1 else { return }
    if pushed > 0 {
      logger.notice(
        "The queues were rebuilt from PostgreSQL",
        metadata: ["jobs": "\(pushed)", "seconds": "\((ContinuousClock.now - start).seconds)"])
    }
    earlier.raise()
  }

  /// Pushes jobs that were committed and never pushed. The passes take at most a twentieth of the time.
  func sweepLoop() async {
    var interval = configuration.sweepInterval
    while !Task.isCancelled {
      await pause(interval)
      if Task.isCancelled { return }
      await attempt("repair") {
        let start = ContinuousClock.now
        let pushed = try await sweep(
          olderThan: client.clock.real.addingTimeInterval(-configuration.sweepGrace.seconds))
        interval = max(configuration.sweepInterval, (ContinuousClock.now - start) * 20)
        if pushed > 0 {
          logger.notice("Jobs were missing in Redis", metadata: ["jobs": "\(pushed)"])
          Counter(label: "martlet_jobs_repaired_total").increment(by: pushed)
        }
      }
    }
  }

  /// Pushes the durable jobs that Redis does not know. Returns their number.
  func sweep(olderThan instant: Date) async throws -> Int {
    try await client.push(missing: try await client.missingJobs(olderThan: instant))
  }
}
