import Foundation
import JobQueue
import Postgres

extension ImportService {
  /// Changes mapping, defaults or priority of an import that has not begun.
  package func edit(_ id: Int64, _ edit: ImportEdit, by actor: ImportActor) async throws -> Import {
    if let defaults = edit.defaults { try await check(defaults) }
    if let priority = edit.priority, !ImportOptions.priorities.contains(priority) {
      throw ImportError.invalid("priority", value: "\(priority)", rule: "must be 1 to 1000")
    }
    let item = try await store.get(id)
    let catalog = try await catalog(item.object)
    let now = now
    return try await jobs.transaction(at: now) { transaction in
      var item = try await ImportStore.read(id, on: transaction.connection, lock: true)
      guard item.status.isEditable, item.dateStarted == nil else {
        throw ImportError(.conflict, "import \(id) is \(item.status.name): it has begun")
      }
      item.defaults = edit.defaults ?? item.defaults
      item.priority = edit.priority ?? item.priority
      item.allowDuplicates = edit.allowDuplicates ?? item.allowDuplicates
      item.hasMapping = item.hasMapping || edit.fields != nil
      item.fields = edit.fields ?? item.fields
      if item.status != .uploading, edit.fields != nil || edit.allowDuplicates != nil {
        item.fields = try Mapping.resolve(
          item.fields, headers: item.headers, catalog: catalog,
          allowDuplicates: item.allowDuplicates, requireStart: item.status != .draft
        ).fields
      }
      try await ImportStore.updateOptions(item, by: actor, in: transaction)
      return try await ImportStore.read(id, on: transaction.connection)
    }
  }

  /// Starts a draft (IMP-66).
  ///
  /// - Parameters:
  ///   - id: Which.
  ///   - allowDuplicates: Consent to duplicates; nil for what was said before.
  ///   - background: Whether nobody waits for it; nil for what was said before (IMP-21).
  ///   - actor: Who starts it.
  package func start(
    _ id: Int64, allowDuplicates: Bool? = nil, background: Bool? = nil, by actor: ImportActor
  ) async throws -> Import {
    let settings = try await settings()
    let item = try await store.get(id)
    let catalog = try await catalog(item.object)
    return try await change(id, by: actor) { item, transaction in
      guard item.status == .draft else {
        throw ImportError(
          .conflict, "import \(id) is \(item.status.name): only a draft can be started")
      }
      let consent = allowDuplicates ?? item.allowDuplicates
      _ = try Mapping.resolve(
        item.fields, headers: item.headers, catalog: catalog, allowDuplicates: consent)
      item.status = .queued
      item.isForeground =
        !(background ?? !item.isForeground) && settings.allowsForeground(rows: item.lineCount)
      try await ImportStore.queueDraft(item, allowDuplicates: consent, on: transaction.connection)
      try ImportTransitions.enqueue(item, transaction.outbox)
    }
  }

  /// Lets an import in the foreground go on in the background: nobody waits for it any more (IMP-22).
  package func moveToBackground(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, transaction in
      guard item.shownStatus == .manual else {
        throw ImportError(
          .conflict, "import \(id) is \(item.status.name): it is not done in the foreground")
      }
      try await ImportStore.moveToBackground(id, on: transaction.connection)
    }
  }

  /// Stops an import: parts under way are finished, then it waits (IMP-62).
  package func stop(_ id: Int64, by actor: ImportActor) async throws -> Import {
    let settings = try await settings()
    return try await change(id, by: actor) { item, transaction in
      switch item.status {
      case .stopped where !item.isCancelled: return
      case .queued, .inProgress, .delayed: break
      default:
        throw ImportError(.conflict, "import \(id) is \(item.status.name): it cannot be stopped")
      }
      try await ImportStore.stop(id, on: transaction.connection)
      try await startNext(after: item, settings, in: transaction)
    }
  }

  /// Goes on with an import that was stopped, where it had stopped (IMP-62), in the background.
  package func resume(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, transaction in
      guard item.status == .stopped, !item.isCancelled else {
        throw ImportError(
          .conflict,
          item.isCancelled
            ? "import \(id) was cancelled" : "import \(id) is \(item.status.name), not stopped")
      }
      // Jobs of the earlier start that are still queued must not count for this one.
      item.runNumber += 1
      item.isForeground = false
      try await ImportStore.queueAgain(item, on: transaction.connection)
      try ImportTransitions.enqueue(item, transaction.outbox)
    }
  }

  /// Ends an import for good; rows that were imported stay.
  package func cancel(_ id: Int64, by actor: ImportActor) async throws -> Import {
    let settings = try await settings()
    let item = try await change(id, by: actor) { item, transaction in
      guard !item.status.hasEnded else {
        throw ImportError(.conflict, "import \(id) is \(item.status.name): it has ended")
      }
      if item.isCancelled { return }
      try await ImportStore.cancel(id, in: transaction)
      try await startNext(after: item, settings, in: transaction)
    }
    // Apart, because a part that is just being imported holds its row while it waits for ours.
    try await jobs.postgres.transaction { try await PartStore.deleteFile(id, on: $0) }
    return item
  }

  /// Deletes the record, its file and its row log, not the contacts (IMP-73).
  package func delete(_ id: Int64) async throws {
    let item = try await store.get(id)
    guard item.status != .inProgress else {
      throw ImportError(.conflict, "import \(id) is in progress: stop or cancel it first")
    }
    try await jobs.postgres.transaction { try await ImportStore.delete(id, on: $0) }
  }

  private func change(
    _ id: Int64, by actor: ImportActor,
    _ body: @escaping @Sendable (inout Import, Transaction) async throws -> Void
  ) async throws -> Import {
    let now = now
    return try await jobs.transaction(at: now) { transaction in
      var item = try await ImportStore.read(id, on: transaction.connection, lock: true)
      try await body(&item, transaction)
      try await ImportStore.touch(id, by: actor, in: transaction)
      return try await ImportStore.read(id, on: transaction.connection)
    }
  }

  private func startNext(
    after item: Import, _ settings: ImportSettings, in transaction: Transaction
  ) async throws {
    // One that waits takes a place too, in front of those behind it.
    guard item.status == .inProgress || item.status == .delayed else { return }
    try await ImportTransitions(settings: settings)
      .startNext(item.object, in: transaction)
  }
}
