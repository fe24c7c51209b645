import Postgres
import Redis

extension JobClient {
  /// Cancels a job. A waiting job will not run. A running one is told to stop, and its effect stands only if it was
  /// applied before. A transient job that is ready cannot be looked up: the worker that gets it drops it.
  ///
  /// - Throws: ``JobError/conflict(_:_:)`` when the job is dead or has ended, or the error of a server.
  public func cancel(_ id: JobID) async throws {
    let now = clock.now
    // The row goes first: from here on no delivery can apply an effect.
    let (queue, rows) = try await postgres.transaction { connection in
      guard let removed = try await DurableStore.cancel(id, now: now, on: connection) else {
        return (String?.none, [JobRow]())
      }
      let rows = try await DurableStore.countDown(
        removed.batch.map { [$0] } ?? [], failed: true, now: now, on: connection)
      return (removed.queue, rows)
    }
    await pushCommitted(rows)
    var queues = queue.map { [$0] } ?? []
    if queue == nil {
      if let ended = try await durableStatus(id), ended.state != .queued {
        throw JobError.conflict(id, "it is \(ended.state.rawValue)")
      }
      // A transient job is known to Redis alone.
      queues = try await queueNames()
    }
    try await announceToWorkers(.cancel(id))
    for queue in queues {
      _ = try await redis.run(
        Scripts.withdraw, keys: [RedisArgument(keys.base(queue))],
        arguments: [RedisArgument(id.description)])
    }
  }

  /// Queues a dead or given-up job again, with its attempts reset.
  ///
  /// - Throws: ``JobError/notFound(_:)`` when no such job has this id, ``JobError/conflict(_:_:)`` when it is neither,
  ///   or another with its unique key is queued; or the error of a server.
  public func retry(_ id: JobID) async throws {
    do {
      var rows = try await DurableStore.revive(.single(id), skippingTaken: false, on: postgres)
      if rows.isEmpty { rows = try await DurableStore.restore(id, on: postgres) }
      await pushCommitted(rows)
      if !rows.isEmpty {
        try await announceToWorkers(.again(id))
        return
      }
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      throw JobError.conflict(id, "a job with its unique key is queued")
    }
    if let known = try await durableStatus(id) {
      throw JobError.conflict(id, "it is \(known.state.rawValue)")
    }
    for queue in try await queueNames() where try await reviveTransient([id], in: queue) == 1 {
      return
    }
    throw JobError.notFound(id)
  }

  /// Queues dead jobs of a queue again: those with the given ids, or all. A job whose unique key is taken meanwhile
  /// stays dead.
  ///
  /// - Returns: the number of jobs queued again.
  public func retryDead(queue: String, _ ids: [JobID]? = nil) async throws -> Int {
    if let ids, ids.isEmpty { return 0 }
    let rows = try await DurableStore.revive(
      .inQueue(queue, ids), skippingTaken: true, on: postgres)
    await pushCommitted(rows)
    return rows.count + (try await reviveTransient(ids ?? [], in: queue))
  }

  /// Removes dead jobs of a queue: those with the given ids, or all.
  ///
  /// - Returns: the number of jobs removed.
  public func purgeDead(queue: String, _ ids: [JobID]? = nil) async throws -> Int {
    if let ids, ids.isEmpty { return 0 }
    let durable = try await DurableStore.purge(.inQueue(queue, ids), now: clock.now, on: postgres)
    let transient = try await redis.run(
      Scripts.purge, keys: [RedisArgument(keys.base(queue))],
      arguments: (ids ?? []).map { RedisArgument($0.description) })
    return durable + Int(transient.int ?? 0)
  }

  /// Queues dead transient jobs again: those with the given ids, or all if there are none.
  private func reviveTransient(_ ids: [JobID], in queue: String) async throws -> Int {
    let reply = try await redis.run(
      Scripts.revive, keys: [RedisArgument(keys.base(queue))],
      arguments: ids.map { RedisArgument($0.description) })
    return Int(reply.int ?? 0)
  }
}
