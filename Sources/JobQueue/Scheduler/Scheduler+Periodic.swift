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

  /// Claims the present slot of a periodic job and enqueues the job with it. The first slot that is
  /// ever seen is noted and not run: "every hour" begins with the next full hour.
  func start(_ job: PeriodicJob, now: Date) async throws {
    guard let slot = job.slot(at: now) else { return }
    try await client.transaction { connection, outbox in
      let claimed = try await connection.query(
        "UPDATE periodic_jobs SET last_slot = \(slot) WHERE name = \(job.name) AND last_slot < \(slot)"
      )
      if claimed.affected == 1 {
        try job.add(outbox, slot)
      } else {
        try await connection.query(
          """
          INSERT INTO periodic_jobs (name, last_slot) VALUES (\(job.name), \(slot))
          ON CONFLICT (name) DO NOTHING
          """)
      }
    }
  }

  /// Forgets what is old: history past its time, ended batches, workers long silent.
  func housekeepingLoop() async {
    while !Task.isCancelled {
      await attempt("housekeeping") { try await tidy() }
      await pause(.seconds(60))
    }
  }

  /// Deletes a few thousand rows at a time, so that no statement holds locks for long.
  func tidy() async throws {
    let now = client.clock.now
    while true {
      let gone = try await client.postgres.query(
        """
        DELETE FROM job_history WHERE id IN (
          SELECT id FROM job_history WHERE expires_at < \(now) LIMIT 5000)
        """)
      if gone.affected < 5000 { break }
    }
    try await client.postgres.query(
      "DELETE FROM job_batches WHERE ended_at < \(now.addingTimeInterval(-7 * 86400))")
    _ = try await client.redis.send(
      "ZREMRANGEBYSCORE", RedisArgument(client.keys.workers), "-inf",
      RedisArgument(Date().milliseconds - 60_000))
  }
}
