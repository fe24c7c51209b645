import Foundation
import Logging
import Metrics
import Postgres
import Redis

extension Scheduler {
  /// Enqueues periodic jobs at their slots.
  func periodicLoop() async {
    guard !periodic.isEmpty else { return await pause(.seconds(1_000_000_000)) }
    while !Task.isCancelled {
      var wait = 60.0
      await attempt("periodic jobs") {
        // By the database's clock, which all schedulers share: this machine's may be wrong.
        let now = client.clock.reading(at: try await DurableStore.time(on: client.postgres))
        for job in periodic {
          await attempt("periodic job \(job.name)") { try await start(job, now: now) }
          if let next = job.next(after: now) { wait = min(wait, next.timeIntervalSince(now)) }
        }
      }
      if !currentHealth.failing.isEmpty { wait = min(wait, 1) }
      if client.clock.isMovable { wait = min(wait, 0.1) }
      await pause(.seconds(max(0.005, wait)))
    }
  }

  /// Claims the current slot of a periodic job and enqueues the job with it. The first slot ever seen is noted and not
  /// run: "every hour" begins with the next full hour. A noted slot in the future is not believed.
  func start(_ job: PeriodicJob, now: Date) async throws {
    guard let slot = job.slot(at: now) else { return }
    let offset = client.clock.offset.seconds
    let ahead = try await client.transaction { transaction -> Date? in
      let claim = try await DurableStore.claim(
        slot: slot, of: job.name, offset: offset, on: transaction.connection)
      guard claim != .known else { return nil }
      try job.add(transaction.outbox, slot)
      if case .takenBack(let ahead) = claim { return ahead }
      return nil
    }
    guard let ahead else { return }
    Counter(label: "martlet_periodic_slots_taken_back_total").increment()
    logger.warning(
      "A periodic job had run in the future, by a wrong clock; it runs again from now on",
      metadata: [
        "name": "\(job.name)", "noted": "\(ahead)",
        "seconds_ahead": "\(ahead.timeIntervalSince(now))",
      ])
  }

  /// Deletes expired history, batches a week after their end, and workers silent for a minute.
  func housekeepingLoop() async {
    while !Task.isCancelled {
      await attempt("housekeeping") { try await tidy() }
      await pause(.seconds(60))
    }
  }

  func tidy() async throws {
    let now = client.clock.now
    try await DurableStore.deleteExpiredHistory(now: now, on: client.postgres)
    try await DurableStore.deleteBatches(
      endedBefore: now.addingTimeInterval(-7 * 86400), on: client.postgres)
    _ = try await client.redis.send(
      "ZREMRANGEBYSCORE", RedisArgument(client.keys.workers), "-inf",
      RedisArgument(client.clock.real.milliseconds - 60_000))
  }
}
