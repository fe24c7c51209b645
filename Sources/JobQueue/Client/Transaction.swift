public import Foundation
public import Postgres
import Synchronization

/// A kind of change that other parts of the process are told of once it is committed, such as "contacts changed".
///
/// A hint only: it is lost with the process, and does not reach other processes. A periodic job finds what listeners
/// missed.
public protocol CommitEvent {}

/// A database transaction under way: its connection, its instant, the jobs enqueued with it, and the effects of its
/// commit.
///
/// Functions that write take one as `in transaction:`; those that only read take a connection.
public final class Transaction: Sendable {
  /// The connection on which the transaction is open.
  public let connection: PostgresConnection
  /// The instant of everything that the transaction writes.
  public let now: Date
  /// The jobs that are inserted with the transaction and pushed to Redis after its commit.
  public let outbox: JobOutbox

  private struct Effects {
    var events: [ObjectIdentifier] = []
    var closures: [@Sendable () -> Void] = []
    var preparations: [@Sendable (Transaction) async throws -> Void] = []
  }
  private let effects: EffectsBox

  private final class EffectsBox: Sendable {
    let contents = Mutex(Effects())
  }

  /// A transaction that is open on a connection.
  init(connection: PostgresConnection, now: Date, outbox: JobOutbox) {
    self.connection = connection
    self.now = now
    self.outbox = outbox
    effects = EffectsBox()
  }

  private init(_ other: Transaction, now: Date) {
    connection = other.connection
    outbox = other.outbox
    effects = other.effects
    self.now = now
  }

  /// The same transaction with another instant for its writes.
  public func at(_ instant: Date) -> Transaction { Transaction(self, now: instant) }

  /// Tells the listeners of an event after the commit: once, however often it is called; never after a rollback.
  public func announce(_ event: any CommitEvent.Type) {
    effects.contents.withLock { effects in
      let id = ObjectIdentifier(event)
      if !effects.events.contains(id) { effects.events.append(id) }
    }
  }

  /// Runs a closure, which must be quick, after the commit; never after a rollback.
  public func afterCommit(_ effect: @escaping @Sendable () -> Void) {
    effects.contents.withLock { $0.closures.append(effect) }
  }

  /// Runs a closure at the end of the transaction, before its commit; not if it is rolled back. What the closure writes
  /// elsewhere must do no harm if the commit fails.
  public func beforeCommit(_ preparation: @escaping @Sendable (Transaction) async throws -> Void) {
    effects.contents.withLock { $0.preparations.append(preparation) }
  }

  /// Called before the commit: the preparations run, and the outbox is written.
  func prepared() async throws -> [JobRow] {
    let preparations = effects.contents.withLock { effects in
      defer { effects.preparations = [] }
      return effects.preparations
    }
    for prepare in preparations { try await prepare(self) }
    return try await outbox.write(on: connection)
  }

  /// Called after the commit: the closures run, and the events that were announced are returned.
  func committed() -> [ObjectIdentifier] {
    let (events, closures) = effects.contents.withLock { effects in
      defer { effects = Effects() }
      return (effects.events, effects.closures)
    }
    for closure in closures { closure() }
    return events
  }
}

/// Statements, as on the connection.
extension Transaction {
  /// Runs one statement.
  @discardableResult
  public func query(_ sql: SQL) async throws(PostgresError) -> PostgresRows {
    try await connection.query(sql)
  }

  /// Runs statements in one round trip.
  @discardableResult
  public func pipeline(_ statements: [SQL]) async throws(PostgresError) -> [PostgresRows] {
    try await connection.pipeline(statements)
  }

  /// Sends a statement together with the next one, or with COMMIT.
  public func sendWithNext(_ sql: SQL) async { await connection.sendWithNext(sql) }

  /// Runs a closure that may fail without failing the transaction: its changes are then undone and its error
  /// rethrown. Jobs, events and effects that it added stay.
  @discardableResult
  public func savepoint<R: Sendable>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Transaction) async throws -> R
  ) async throws -> R {
    try await connection.savepoint { _ in try await body(self) }
  }
}
