import Foundation
import JobQueue
import Postgres

/// The state changes made by jobs. Each is one or two statements in a transaction that holds the
/// import's row.
struct ImportTransitions: Sendable {
  let settings: ImportSettings

  /// Serializes transactions that count imports and act on the count. Taken after an import's row;
  /// its holder waits for no other row.
  private func lockStarts(_ connection: PostgresConnection) async throws {
    try await connection.lock(.importStarts)
  }

  /// Returns whether an import may begin: slots are taken by imports in progress, and by delayed
  /// ones ahead of it (IMP-24, IMP-25). Foreground imports take none.
  func hasFreeSlot(for item: Import, on connection: PostgresConnection) async throws -> Bool {
    if item.isForeground { return true }
    try await lockStarts(connection)
    return try await ImportStore.countAhead(of: item, on: connection) < settings.parallelLimit
  }

  /// Delays an import until another ends (IMP-24), in the transaction that removes its plan from
  /// the queue. If a slot is free by then, the plan is queued again.
  func delay(_ item: Import, in transaction: Transaction) async throws {
    let limit = settings.parallelLimit
    let reason = "waits for another import to end: at most \(limit) run at once"
    try await ImportStore.delay(item.id, reason, in: transaction)
    try await startNext(item.object, in: transaction)
  }

  /// Begins an import: from here on its timestamps, its ids and the time zone of its dates are
  /// fixed.
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

  /// Records that all rows were processed.
  func imported(_ item: Import, in transaction: Transaction) async throws {
    try await ImportStore.complete(item.id, in: transaction)
    try await PartStore.deleteFile(item.id, on: transaction.connection)
    try await startNext(item.object, in: transaction)
    try await tell(item, .imported, in: transaction)
  }

  /// Notifies the creator, except of a foreground import, whose end its user sees (IMP-69).
  private func tell(
    _ item: Import, _ status: ImportStatus, in transaction: Transaction
  ) async throws {
    if item.isForeground { return }
    var item = item
    item.status = status
    try await settings.onEnd?(item, transaction)
  }

  /// Records that an import cannot continue; rows already imported stay.
  func failed(_ item: Import, _ error: ImportError, in transaction: Transaction) async throws {
    try await ImportStore.fail(item.id, error, in: transaction)
    try await PartStore.deleteFile(item.id, on: transaction.connection)
    try await startNext(item.object, in: transaction)
    try await tell(item, .failed, in: transaction)
  }

  /// Wakes as many delayed imports as there are free slots: lowest priority number first, then
  /// oldest (IMP-25). Their plan counts again.
  ///
  /// An import whose plan is already queued is skipped, without waiting for the holder of that
  /// plan: a plan that finds no slot calls this function itself, after us.
  func startNext(_ object: ImportObject, in transaction: Transaction) async throws {
    try await lockStarts(transaction.connection)
    let next = try await ImportStore.next(
      object, limit: settings.parallelLimit, unlessQueued: RunImport.name,
      on: transaction.connection)
    for item in next { try Self.enqueue(item, transaction.outbox) }
  }

  /// Enqueues the plan of an import, at most once.
  static func enqueue(_ item: Import, _ outbox: JobOutbox) throws {
    var options = EnqueueOptions.of(item)
    options.uniqueKey = "\(item.id).\(item.runNumber)"
    try outbox.add(RunImport(importID: item.id, run: item.runNumber), options)
  }
}
