import Foundation
public import Logging
import Postgres

/// One of several jobs that a handler takes at once.
public struct JobItem<J: Job>: Sendable {
  /// The job's id, for ``JobBatchContext/fail(_:_:)``.
  public let id: JobID
  /// The number of this attempt, from 1.
  public let attempt: Int
  /// The job's parameters.
  public let job: J
}

/// The context of a handler of several jobs: it applies their effects.
public struct JobBatchContext<J: Job>: Sendable {
  let deliveries: [Delivery]
  let services: JobServices

  /// The clock of the client.
  public var clock: WallClock { services.clock }
  /// The client, to enqueue other jobs outside of the jobs' transaction.
  public var client: JobClient { services.client }
  /// The worker's logger, without the jobs' ids.
  public var logger: Logger { services.logger }

  /// Marks one of the jobs as failed; the others are not affected. Call it before ``complete(_:)``, which leaves the
  /// job out.
  public func fail(_ id: JobID, _ error: any Error) {
    deliveries.first { $0.entry.id == id }?.fail(error)
  }

  /// Throws a ``JobCancellation`` if the handler should stop.
  public func checkLease() throws {
    for delivery in deliveries { if let reason = delivery.cancellation { throw reason } }
    try Task.checkCancellation()
  }

  /// Applies the jobs' effects and removes the jobs in one transaction.
  ///
  /// `effect` gets the ids of the jobs that this worker still holds; only their effects may be applied.
  ///
  /// - Throws: the error of `effect` or of the database; nothing was applied then.
  @discardableResult
  public func complete<R: Sendable>(
    _ effect: @Sendable (Transaction, Set<JobID>) async throws -> R
  ) async throws -> R {
    let (clock, services) = (clock, services)
    let open = deliveries.filter {
      $0.entry.isDurable && $0.state.withLock { $0.failure == nil && !$0.isCompleted }
    }
    let (result, rows, transaction) = try await client.postgres.transaction { connection in
      let now = clock.now
      let transaction = Transaction(
        connection: connection, now: now, outbox: JobOutbox(clock: clock))
      let ended = try await Eviction.guarding(open, on: connection, services: services) {
        try await DurableStore.end(open.map { $0.ending(now: now) }, now: now, on: connection)
      }
      let result = try await effect(transaction, Set(ended.map(\.id)))
      var rows = try await transaction.prepared()
      rows += try await DurableStore.countDown(
        ended.compactMap(\.batch), failed: false, now: now, on: connection)
      return (result, rows, transaction)
    }
    for delivery in open { delivery.markCompleted() }
    await client.transactions.finish(transaction, pushing: rows)
    return result
  }
}
