import Foundation
import Logging
import Metrics
import Redis

extension Scheduler {
  /// Looks whether Redis was emptied, and lays the order of work again if it was.
  func epochLoop() async {
    while !Task.isCancelled {
      await attempt("watching Redis") {
        let epoch = try await client.redis.send("EXISTS", RedisArgument(client.keys.epoch))
        if epoch.int == 0 { try await layAgain() }
      }
      await pause(configuration.epochInterval)
    }
  }

  /// Writes all queues' settings and all durable jobs to Redis. Several schedulers may do it at
  /// once: what Redis knows is skipped. The epoch is set at the end, so that an interrupted run is
  /// begun anew; and only if a mark set at the beginning is still there, so that a run during which
  /// Redis was emptied once more is begun anew too.
  func layAgain() async throws {
    let start = ContinuousClock.now
    let mark = RedisArgument(client.keys.epochMark("\(UInt64.random(in: 0 ... .max))"))
    _ = try await client.redis.send("SET", mark, 1, "EX", 3600)
    for (queue, setting) in try await client.queueSettings() {
      try await client.layConfiguration(
        of: queue, isPaused: setting.isPaused, setting.limits)
    }
    client.announced.withLock { $0 = [] }
    let pushed = try await sweep(olderThan: .distantFuture)
    let isLaid = try await client.redis.run(
      Scripts.beginEpoch, keys: [RedisArgument(client.keys.epoch), mark],
      arguments: [RedisArgument(Date().milliseconds)])
    guard isLaid.int == 1 else { return }
    if pushed > 0 {
      logger.notice(
        "The order of work was laid again from PostgreSQL",
        metadata: ["jobs": "\(pushed)", "seconds": "\((ContinuousClock.now - start).seconds)"])
    }
    bell.raise()
  }

  /// Pushes what was committed and never pushed. Each pass takes at most a twentieth of the time.
  func sweepLoop() async {
    var interval = configuration.sweepInterval
    while !Task.isCancelled {
      await pause(interval)
      if Task.isCancelled { return }
      await attempt("repair") {
        let start = ContinuousClock.now
        let pushed = try await sweep(
          olderThan: Date().addingTimeInterval(-configuration.sweepGrace.seconds))
        interval = max(configuration.sweepInterval, (ContinuousClock.now - start) * 20)
        if pushed > 0 {
          logger.notice("Jobs were missing in Redis", metadata: ["jobs": "\(pushed)"])
          Counter(label: "martlet_jobs_repaired_total").increment(by: pushed)
        }
      }
    }
  }

  /// Pushes the durable jobs that Redis does not know. Returns how many there were.
  func sweep(olderThan instant: Date) async throws -> Int {
    try await client.push(missing: try await client.missingJobs(olderThan: instant))
  }
}
