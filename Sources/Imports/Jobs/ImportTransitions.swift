import Foundation
import JobQueue
import Postgres

/// The changes of state that jobs make. Each is one or two statements inside a transaction that
/// holds the import's row.
struct ImportTransitions: Sendable {
  let settings: ImportSettings

  /// Lets those who count imports and act on the count do so one after the other. Taken after an
  /// import's row, by everybody; whoever holds it waits for no other row.
  private func lockStarts(_ connection: PostgresConnection) async throws {
    try await connection.lock(.importStarts)
  }

  /// Whether an import may begin: places are taken by imports in progress, and by delayed ones
  /// that come before it (IMP-24, IMP-25). Those in the foreground, for which somebody waits, take none.
  func hasRoom(for item: Import, on connection: PostgresConnection) async throws -> Bool {
    if item.isForeground { return true }
    try await lockStarts(connection)
    return try await ImportStore.countAhead(of: item, on: connection) < settings.parallelLimit
  }

  /// Lets the import wait until another ends (IMP-24). Part of the transaction that removes its
  /// plan from the queue: should there be room by now, it is put there again.
  func delay(_ item: Import, in transaction: Transaction) async throws {
    let limit = settings.parallelLimit
    let reason = "waits for another import to end: at most \(limit) run at once"
    try await ImportStore.delay(item.id, reason, in: transaction)
    try await startNext(item.object, in: transaction)
  }

  /// Begins: from now on its instants, its ids and the zone of its dates are fixed.
  func begin(_ item: Import, job: JobID, in transaction: Transaction) async throws -> Import {
    var item = item
    if item.baseID == nil, item.object == .contact {
      item.baseID = try await ImportStore.reserveIDs(for: item, on: transaction.connection)
    }
    item.dateStarted = item.dateStarted ?? transaction.now
    item.timeZone = item.timeZone ?? settings.timeZone.identifier
    item.status = .inProgress
    try await ImportStore.begin(item, job: job, in: transaction)
    return item
  }

  /// All rows were handled.
  func imported(_ item: Import, in transaction: Transaction) async throws {
    try await ImportStore.complete(item.id, in: transaction)
    try await PartStore.deleteFile(item.id, on: transaction.connection)
    try await startNext(item.object, in: transaction)
    try await tell(item, .imported, in: transaction)
  }

  /// Whoever waits for an import in the foreground sees its end (IMP-69).
  private func tell(
    _ item: Import, _ status: ImportStatus, in transaction: Transaction
  ) async throws {
    if item.isForeground { return }
    var item = item
    item.status = status
    try await settings.onEnd?(item, transaction)
  }

  /// It cannot go on; what was imported stays.
  func failed(_ item: Import, _ error: ImportError, in transaction: Transaction) async throws {
    try await ImportStore.fail(item.id, error, in: transaction)
    try await PartStore.deleteFile(item.id, on: transaction.connection)
    try await startNext(item.object, in: transaction)
    try await tell(item, .failed, in: transaction)
  }

  /// Wakes as many delayed imports as there is room for: the lowest priority number first, among
  /// equals the oldest (IMP-25). Their plan counts again.
  ///
  /// One whose plan is queued already is left alone, without waiting for whoever holds that plan:
  /// a plan that finds no room comes here itself, after us.
  func startNext(_ object: ImportObject, in transaction: Transaction) async throws {
    try await lockStarts(transaction.connection)
    let next = try await ImportStore.next(
      object, limit: settings.parallelLimit, unlessQueued: RunImport.name,
      on: transaction.connection)
    for item in next { try Self.enqueue(item, transaction.outbox) }
  }

  /// Puts the plan of an import into the queue; once, however often it is asked for.
  static func enqueue(_ item: Import, _ outbox: JobOutbox) throws {
    var options = EnqueueOptions.of(item)
    options.uniqueKey = "\(item.id).\(item.runNumber)"
    try outbox.add(RunImport(importID: item.id, run: item.runNumber), options)
  }
}
