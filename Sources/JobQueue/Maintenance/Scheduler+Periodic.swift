import Foundation
import Logging
import Postgres
import Redis

extension Scheduler {
  /// Enqueues periodic jobs at their slots.
  func periodicLoop() async {
    guard !periodic.isEmpty else { return await pause(.seconds(1_000_000_000)) }
    while !Task.isCancelled {
      var wait = 60.0
      let now = client.clock.now
      for job in periodic {
        await attempt("periodic job \(job.name)") { try await start(job, now: now) }
        if let next = job.next(after: now) { wait = min(wait, next.timeIntervalSince(now)) }
      }
      if !currentHealth.failing.isEmpty { wait = min(wait, 1) }
      if client.clock.isMovable { wait = min(wait, 0.1) }
      await pause(.seconds(max(0.005, wait)))
    }
  }

  /// Claims the current slot of a periodic job and enqueues the job with it. The first slot ever seen is noted and not
  /// run: "every hour" begins with the next full hour.
  func start(_ job: PeriodicJob, now: Date) async throws {
    guard let slot = job.slot(at: now) else { return }
    try await client.transaction { transaction in
      if try await DurableStore.claim(slot: slot, of: job.name, on: transaction.connection) {
        try job.add(transaction.outbox, slot)
      }
    }
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
      RedisArgument(Date().milliseconds - 60_000))
  }
}
