import Foundation
import Logging
import Metrics
import Postgres
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
  /// begun anew.
  func layAgain() async throws {
    let start = ContinuousClock.now
    for (queue, setting) in try await client.queueSettings() {
      try await client.layConfiguration(
        of: queue, isPaused: setting.isPaused, setting.limits)
    }
    client.announced.withLock { $0 = [] }
    let pushed = try await sweep(olderThan: .distantFuture)
    _ = try await client.redis.send(
      "SET", RedisArgument(client.keys.epoch),
      RedisArgument("\(Date().milliseconds)-\(UInt32.random(in: 0 ... .max))"))
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

  /// Goes through the rows of jobs to be done and pushes those that Redis does not know. Returns
  /// how many.
  func sweep(olderThan instant: Date) async throws -> Int {
    var pushed = 0
    var last = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    while true {
      let page = try await client.postgres.query(
        "SELECT id, queue FROM jobs WHERE id > \(last) AND state = 0 ORDER BY id LIMIT 2000")
      var queues: [String: [JobID]] = [:]
      for row in page {
        let id: JobID = try row.decode("id")
        last = id.uuid
        if id.madeAt < instant { queues[try row.decode("queue"), default: []].append(id) }
      }
      let missing = try await missing(queues)
      if !missing.isEmpty {
        let rows = try await client.postgres.query(
          """
          SELECT \(sql: JobRow.columns) FROM jobs
          WHERE id = ANY(\(missing.map(\.uuid))) AND state = 0 ORDER BY id
          """)
        pushed += try await client.push(rows: rows.map { try JobRow($0) }, repaired: true)
      }
      if page.count < 2000 { return pushed }
      try Task.checkCancellation()
    }
  }

  /// Of jobs by queue, those that Redis does not know.
  private func missing(_ queues: [String: [JobID]]) async throws -> [JobID] {
    let asked = Array(queues)
    guard !asked.isEmpty else { return [] }
    let commands = asked.map { queue, ids in
      [RedisArgument("SMISMEMBER"), RedisArgument(client.keys.base(queue) + "held")]
        + ids.map { RedisArgument($0.description) }
    }
    var missing: [JobID] = []
    for ((_, ids), reply) in zip(asked, try await client.redis.pipeline(commands)) {
      for (id, known) in zip(ids, try reply.get().array ?? []) where known.int == 0 {
        missing.append(id)
      }
    }
    return missing
  }
}
