public import Foundation
public import Postgres
import Synchronization

/// Runs transactions, and tells the listeners of this process of the events they committed.
public final class TransactionRunner: Sendable {
  /// The pool, for reads outside of a transaction.
  public let postgres: PostgresPool
  /// The source of the transactions' instants.
  public let clock: WallClock

  private let listeners = Mutex<[ObjectIdentifier: [@Sendable () -> Void]]>([:])
  private let push = Mutex<(@Sendable ([JobRow]) async -> Void)?>(nil)

  /// A runner of transactions of a pool.
  public init(_ postgres: PostgresPool, clock: WallClock = .system) {
    self.postgres = postgres
    self.clock = clock
  }

  /// Calls a closure, which must be quick, after each commit of a transaction of this process that announced the
  /// event.
  public func onCommit(of event: any CommitEvent.Type, _ body: @escaping @Sendable () -> Void) {
    listeners.withLock { $0[ObjectIdentifier(event), default: []].append(body) }
  }

  /// Sets the function that pushes the jobs of committed transactions to Redis. Without one the scheduler's repair
  /// pushes them.
  func pushJobs(by push: @escaping @Sendable ([JobRow]) async -> Void) {
    self.push.withLock { $0 = push }
  }

  /// Runs `body` in a transaction. Jobs put into its outbox are inserted with it and pushed to Redis after the
  /// commit; then its effects run.
  ///
  /// `body` runs again when the transaction has to be repeated (serialization failure, deadlock).
  ///
  /// - Parameters:
  ///   - instant: the transaction's instant; nil for the clock's at its beginning.
  ///   - level: the isolation from other transactions' changes.
  ///   - retries: the maximum number of repetitions.
  ///   - body: the transaction's reads and writes.
  /// - Throws: the error of `body` (nothing was applied then) or of the database.
  @discardableResult
  public func transaction<R: Sendable>(
    at instant: Date? = nil, isolation level: TransactionIsolation = .readCommitted,
    retries: Int = 5, isolation: isolated (any Actor)? = #isolation,
    _ body: (Transaction) async throws -> R
  ) async throws -> R {
    try await transaction(at: instant, isolation: level, retries: retries, body) { _ in }
  }

  /// Runs `body` in a transaction, and `last` before its commit.
  func transaction<R: Sendable>(
    at instant: Date? = nil, isolation level: TransactionIsolation = .readCommitted,
    retries: Int = 5, isolation: isolated (any Actor)? = #isolation,
    _ body: (Transaction) async throws -> R,
    last: (Transaction) async throws -> Void
  ) async throws -> R {
    let clock = clock
    let (result, rows, transaction) = try await postgres.transaction(
      isolation: level, retries: retries
    ) { connection in
      let transaction = Transaction(
        connection: connection, now: instant ?? clock.now, outbox: JobOutbox(clock: clock))
      let result = try await body(transaction)
      try await last(transaction)
      return (result, try await transaction.prepared(), transaction)
    }
    await finish(transaction, pushing: rows)
    return result
  }

  /// Pushes the jobs of a committed transaction, runs its effects and tells listeners of its events.
  func finish(_ transaction: Transaction, pushing rows: [JobRow]) async {
    if !rows.isEmpty, let push = push.withLock({ $0 }) { await push(rows) }
    let events = transaction.committed()
    guard !events.isEmpty else { return }
    let bodies = listeners.withLock { listeners in events.flatMap { listeners[$0] ?? [] } }
    for body in bodies { body() }
  }
}
