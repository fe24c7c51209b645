public import Foundation
public import Logging
import Postgres

/// The context of a job's handler: it identifies the job and applies its effect.
public struct JobContext: Sendable {
  let delivery: Delivery
  let services: JobServices

  /// The job's id.
  public var id: JobID { delivery.entry.id }
  /// The name of the job's queue.
  public var queue: String { delivery.queue }
  /// The number of this attempt, from 1.
  public var attempt: Int { delivery.entry.attempt + 1 }
  /// The number of workers that died while they had the job. A handler may be the cause, and be careful.
  public var crashes: Int { delivery.entry.crashes }
  /// Whether the job is dead if this attempt fails.
  public var isLastAttempt: Bool { attempt >= delivery.entry.maxAttempts }
  /// The clock of the client.
  public var clock: WallClock { services.clock }
  /// The client, to enqueue other jobs outside of the job's transaction.
  public var client: JobClient { services.client }

  /// A logger that names the job.
  public var logger: Logger {
    var logger = services.logger
    logger[metadataKey: "job"] = "\(id)"
    logger[metadataKey: "name"] = "\(delivery.entry.name)"
    return logger
  }

  /// Reports progress in the job's own unit. It is shown with the worker's next heartbeat and written to the job's row
  /// by the next ``transaction(_:)``. Cheap enough to call for every row.
  public func progress(done: Int64, total: Int64? = nil) {
    delivery.state.withLock { $0.progress = JobProgress(done: done, total: total) }
  }

  /// Sets the job's result in the history, as JSON. Without effect when ``JobOptions/keep`` is nil.
  ///
  /// - Throws: when the value cannot be encoded.
  public func setResult(_ value: some Encodable) throws {
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    delivery.state.withLock { $0.result = text }
  }

  /// Throws a ``JobCancellation`` if the handler should stop. Long work calls it between its steps; the handler's task
  /// is cancelled too.
  public func checkLease() throws {
    if let reason = delivery.cancellation { throw reason }
    try Task.checkCancellation()
  }

  /// Runs a step of a long job in a transaction that commits only if this worker still holds the job. From then on no
  /// earlier delivery of the job can change anything.
  ///
  /// - Throws: ``JobSuperseded`` when the job is no longer this worker's, or the error of `body` or of the database;
  ///   nothing of the transaction was applied then.
  @discardableResult
  public func transaction<R: Sendable>(
    at instant: Date? = nil, _ body: @Sendable (Transaction) async throws -> R
  ) async throws -> R {
    guard delivery.entry.isDurable else {
      return try await client.transaction(at: instant, body)
    }
    let delivery = delivery
    let progress = delivery.state.withLock { $0.progress }
    return try await client.transaction(at: instant) { transaction in
      let connection = transaction.connection
      let isOurs = try await Eviction.guarding([delivery], on: connection, services: services) {
        try await DurableStore.fence(
          delivery.entry.id, token: delivery.token, progress: progress, on: connection)
      }
      guard isOurs else { throw JobSuperseded(id: delivery.entry.id) }
      return try await body(transaction)
    }
  }

  /// Applies the job's effect and removes the job, in one transaction: however often the job was
  /// delivered, its effect is applied once.
  ///
  /// - Throws: ``JobSuperseded`` when the job is no longer this worker's (rethrow it), or the error of `effect` or of
  ///   the database; nothing of the transaction was applied then.
  @discardableResult
  public func complete<R: Sendable>(
    at instant: Date? = nil, _ effect: @Sendable (Transaction) async throws -> R
  ) async throws -> R {
    guard delivery.entry.isDurable else {
      return try await client.transaction(at: instant, effect)
    }
    let (delivery, clock, client, services) = (delivery, clock, client, services)
    let (result, rows, transaction) = try await client.postgres.transaction { connection in
      let now = clock.now
      let transaction = Transaction(
        connection: connection, now: instant ?? now, outbox: JobOutbox(clock: clock))
      // First, because this takes the row's lock: a second delivery waits here and then finds
      // nothing.
      let found = try await Eviction.guarding([delivery], on: connection, services: services) {
        try await DurableStore.end(delivery.ending(now: now), now: now, on: connection)
      }
      guard let ended = found else { throw JobSuperseded(id: delivery.entry.id) }
      let result = try await effect(transaction)
      var rows = try await transaction.prepared()
      if let batch = ended.batch {
        rows += try await DurableStore.countDown([batch], failed: false, now: now, on: connection)
      }
      return (result, rows, transaction)
    }
    delivery.markCompleted()
    await client.transactions.finish(transaction, pushing: rows)
    return result
  }

  /// Removes the job without an effect of its own, at once instead of when the handler returns.
  ///
  /// - Throws: ``JobSuperseded`` when the job is no longer this worker's.
  public func complete() async throws {
    guard delivery.entry.isDurable else { return }
    if delivery.kind.options.keep == nil, services.evictionGrace.time(for: [delivery]) == nil {
      // One statement, shared with jobs that end at the same time. A job of a batch, or one that may wait for a former
      // holder, takes the slow path.
      if try await services.completions.end(delivery.ending(now: clock.now)) {
        delivery.markCompleted()
        return
      }
    }
    try await complete { _ in }
  }
}
