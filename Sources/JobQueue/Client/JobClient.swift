public import Foundation
public import Logging
public import Postgres
public import Redis
import Synchronization

/// The enqueuing and operating side of the queue.
///
/// ```swift
/// try await client.transaction { transaction in
///   try await transaction.query("INSERT INTO imports …")
///   try transaction.outbox.add(PlanImport(id: 7))
/// }
/// ```
/// The job is a row of the same transaction; after its commit it is pushed to Redis at once.
public final class JobClient: Sendable {
  /// The connection for commands. Blocking reads use others with the same settings.
  public let redis: RedisConnection
  /// The runner of the transactions that enqueue durable jobs.
  public let transactions: TransactionRunner
  /// The pool of the database with the durable jobs.
  public var postgres: PostgresPool { transactions.postgres }
  /// The clock by which jobs are due.
  public var clock: WallClock { transactions.clock }
  let logger: Logger
  let keys: Keys
  let announced = Mutex<Set<String>>([])
  let bounds = BoundCache()
  let refused = RefusedPushes()
  let troubles = TroubleLog()

  /// A client of the queues whose keys begin with `prefix`.
  public init(
    redis: RedisConnection, postgres: PostgresPool, prefix: String = "martlet",
    clock: WallClock = .system, logger: Logger
  ) {
    self.redis = redis
    transactions = TransactionRunner(postgres, clock: clock)
    self.logger = logger
    keys = Keys(prefix: prefix)
    transactions.pushJobs { [weak self] rows in await self?.pushCommitted(rows) }
  }

  /// The name of a key of the queue's owner, on the Redis node of the queue.
  public func key(_ queue: String, _ name: String) -> String { keys.base(queue) + name }

  /// Enqueues one transient job.
  ///
  /// - Returns: its id, or nil when a job with its unique key is queued already.
  /// - Throws: ``QueueFull``, or the error of the connection to Redis.
  @discardableResult
  public func enqueue<J: TransientJob>(
    _ job: J, _ options: EnqueueOptions = EnqueueOptions()
  ) async throws -> JobID? {
    try await enqueue([job], options).first
  }

  /// Enqueues transient jobs in steps of a thousand; a full queue takes none of a step.
  ///
  /// - Returns: the ids of those that were added; those whose unique key is taken are not among
  ///   them.
  /// - Throws: ``QueueFull``, or the error of the connection to Redis.
  @discardableResult
  public func enqueue<J: TransientJob>(
    _ jobs: [J], _ options: EnqueueOptions = EnqueueOptions()
  ) async throws -> [JobID] {
    let payloads = try Payload.encode(jobs)
    let kind = J.options
    let group = QueueEntry.Group(
      key: options.group, limit: options.groupLimit, weight: options.groupWeight)
    var entries: [QueueEntry] = []
    entries.reserveCapacity(jobs.count)
    let unique = options.uniqueKey.map { "\(J.name):\($0)" }
    let timeout = kind.timeout?.milliseconds ?? 0
    let (name, version, attempts) = (J.name, J.version, kind.maxAttempts)
    let instant = clock.real
    for payload in payloads {
      entries.append(
        QueueEntry(
          group: group, uniqueKey: unique, id: JobID(at: instant), name: name, version: version,
          maxAttempts: attempts, timeoutMilliseconds: timeout, isDurable: false, payload: payload))
    }
    let pushed = try await push(
      entries, to: J.queue, runAt: options.runAt.map { [$0] }, respectingBound: true)
    return pushed
  }

  /// Enqueues one durable job in a transaction of its own.
  ///
  /// - Returns: its id, or nil when a job with its unique key is queued already.
  @discardableResult
  public func enqueue<J: DurableJob>(
    _ job: J, _ options: EnqueueOptions = EnqueueOptions()
  ) async throws -> JobID? {
    try await enqueue([job], options).first
  }

  /// Enqueues durable jobs in one transaction of their own.
  ///
  /// - Returns: the ids of those that were added; those whose unique key is taken are not among
  ///   them.
  @discardableResult
  public func enqueue<J: DurableJob>(
    _ jobs: [J], _ options: EnqueueOptions = EnqueueOptions()
  ) async throws -> [JobID] {
    let outbox = JobOutbox(clock: clock)
    let ids = try outbox.add(jobs, options)
    try await checkBounds(outbox)
    let isOneStatement = options.batch == nil
    let rows: [JobRow]
    if isOneStatement {
      rows = try await postgres.withConnection { try await outbox.write(on: $0) }
    } else {
      rows = try await postgres.transaction { try await outbox.write(on: $0) }
    }
    await pushCommitted(rows)
    let added = Set(rows.map(\.id))
    return ids.filter { added.contains($0) }
  }

  /// Runs `body` in a PostgreSQL transaction. Jobs put into the outbox are inserted with it and
  /// pushed to Redis after the commit; if that fails, the scheduler's repair pushes them.
  ///
  /// `body` runs again when the transaction has to be repeated (serialization failure, deadlock).
  ///
  /// - Throws: the error of `body` (nothing was applied then), ``QueueFull``, or the database's error.
  @discardableResult
  public func transaction<R: Sendable>(
    at instant: Date? = nil, retries: Int = 5, isolation: isolated (any Actor)? = #isolation,
    _ body: (Transaction) async throws -> R
  ) async throws -> R {
    try await transactions.transaction(at: instant, retries: retries, body) {
      try await self.checkBounds($0.outbox)
    }
  }
}
