import Foundation
import Logging
import Postgres
import Redis

extension JobClient {
  /// Cancels a job. One that waits will not run; one that runs is told to stop, and its effect is
  /// applied only if it had been already. A transient job that is ready cannot be looked up: it is
  /// dropped by the worker to which it comes.
  ///
  /// - Throws: ``JobError/conflict(_:_:)`` when the job is dead or has ended.
  public func cancel(_ id: JobID) async throws {
    let now = clock.now
    // The row goes first: from here on no delivery can apply an effect.
    let (queue, rows) = try await postgres.transaction { connection in
      let removed = try await connection.query(
        """
        WITH gone AS (DELETE FROM jobs WHERE id = \(id) AND state = 0 RETURNING *),
        kept AS (
          INSERT INTO job_history (\(sql: DurableStore.historyColumns), outcome, ended_at,
            expires_at, error, progress_done, progress_total)
          SELECT \(sql: DurableStore.historyColumns), 'cancelled', \(now),
            \(now) + make_interval(secs => keep_seconds), last_error, progress_done, progress_total
          FROM gone WHERE keep_seconds IS NOT NULL
          ON CONFLICT (id) DO NOTHING
        )
        SELECT queue, batch_id FROM gone
        """)
      guard let row = removed.first else { return (String?.none, [JobRow]()) }
      let batch: BatchID? = try row.decode("batch_id")
      let rows = try await DurableStore.countDown(
        batch.map { [$0] } ?? [], failed: true, now: now, on: connection)
      return (try row.decode("queue", as: String?.self), rows)
    }
    await pushCommitted(rows)
    var queues = queue.map { [$0] } ?? []
    if queue == nil {
      if let ended = try await postgresStatus(id), ended.state != .queued {
        throw JobError.conflict(id, "it is \(ended.state.rawValue)")
      }
      // A transient job is known to Redis alone.
      queues = try await queueNames()
    }
    try await tellWorkers("cancel", id.description)
    for queue in queues {
      _ = try await redis.run(
        Scripts.withdraw, keys: [RedisArgument(keys.base(queue))],
        arguments: [RedisArgument(id.description)])
    }
  }

  /// Queues a job again that is dead or was given up, its attempts forgotten.
  ///
  /// - Throws: ``JobError/notFound(_:)`` when no such job has this id, ``JobError/conflict(_:_:)``
  ///   when it is neither, or another with its unique key is queued.
  public func retry(_ id: JobID) async throws {
    do {
      var count = try await revive(durable: "id = \(id)")
      if count == 0 {
        let resumed = try await DurableStore.resume(id, on: postgres)
        await pushCommitted(resumed)
        count = resumed.count
      }
      if count == 1 {
        try await tellWorkers("again", id.description)
        return
      }
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      throw JobError.conflict(id, "a job with its unique key is queued")
    }
    if let known = try await postgresStatus(id) {
      throw JobError.conflict(id, "it is \(known.state.rawValue)")
    }
    for queue in try await queueNames() {
      let reply = try await redis.run(
        Scripts.revive, keys: [RedisArgument(keys.base(queue))],
        arguments: [RedisArgument(id.description)])
      if reply.int == 1 { return }
    }
    throw JobError.notFound(id)
  }

  /// Queues dead jobs of a queue again: those with the given ids, or all. One whose unique key is
  /// taken meanwhile stays dead.
  ///
  /// - Returns: how many.
  public func retryDead(queue: String, _ ids: [JobID]? = nil) async throws -> Int {
    if let ids, ids.isEmpty { return 0 }
    let choice: SQL = ids.map { "id = ANY(\($0.map(\.uuid)))" } ?? "true"
    let isFree: SQL = """
      (unique_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs other WHERE other.name = jobs.name
          AND other.unique_key = jobs.unique_key AND other.state <> 2))
      """
    let durable = try await revive(
      durable: "queue = \(queue) AND \(sql: choice) AND \(sql: isFree)")
    let reply = try await redis.run(
      Scripts.revive, keys: [RedisArgument(keys.base(queue))],
      arguments: (ids ?? []).map { RedisArgument($0.description) })
    return durable + Int(reply.int ?? 0)
  }

  /// Forgets dead jobs of a queue: those with the given ids, or all.
  ///
  /// - Returns: how many.
  public func purgeDead(queue: String, _ ids: [JobID]? = nil) async throws -> Int {
    if let ids, ids.isEmpty { return 0 }
    let choice: SQL = ids.map { "id = ANY(\($0.map(\.uuid)))" } ?? "true"
    let now = clock.now
    let rows = try await postgres.query(
      """
      WITH gone AS (
        DELETE FROM jobs WHERE state = 2 AND queue = \(queue) AND \(sql: choice) RETURNING *
      ), kept AS (
        INSERT INTO job_history (\(sql: DurableStore.historyColumns),
          \(sql: DurableStore.requestColumns), outcome, ended_at, expires_at, error, progress_done,
          progress_total)
        SELECT \(sql: DurableStore.historyColumns), \(sql: DurableStore.requestColumns), 'failed',
          \(now), \(now) + make_interval(secs => keep_seconds), last_error, progress_done, progress_total
        FROM gone WHERE keep_seconds IS NOT NULL
        ON CONFLICT (id) DO NOTHING
      )
      SELECT id FROM gone
      """)
    let reply = try await redis.run(
      Scripts.purge, keys: [RedisArgument(keys.base(queue))],
      arguments: (ids ?? []).map { RedisArgument($0.description) })
    return rows.count + Int(reply.int ?? 0)
  }

  /// Makes dead rows live again and pushes them.
  private func revive(durable condition: SQL) async throws -> Int {
    let revived = try await postgres.query(
      """
      UPDATE jobs SET state = 0, attempt = 0, run_at = NULL, fence = 0
      WHERE state = 2 AND \(sql: condition)
      RETURNING \(sql: JobRow.columns)
      """)
    let rows = try revived.map { try JobRow($0) }
    await pushCommitted(rows)
    return rows.count
  }
}
