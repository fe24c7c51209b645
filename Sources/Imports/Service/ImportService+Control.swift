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
      if let parser = edit.parser { item.parser = try item.parser.changed(to: parser) }
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
  ///   - id: The import.
  ///   - allowDuplicates: Whether to accept a mapping without any identifier; nil to keep the
  ///     setting.
  ///   - background: Whether to run in the background; nil to keep the setting (IMP-21).
  ///   - actor: The user who starts it.
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

  /// Moves a foreground import to the background (IMP-22).
  package func moveToBackground(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, transaction in
      guard item.shownStatus == .manual else {
        throw ImportError(
          .conflict, "import \(id) is \(item.status.name): it is not done in the foreground")
      }
      try await ImportStore.moveToBackground(id, on: transaction.connection)
    }
  }

  /// Stops an import: parts in progress are finished (IMP-62).
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

  /// Resumes a stopped import where it stopped (IMP-62), in the background.
  package func resume(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, transaction in
      guard item.status == .stopped, !item.isCancelled else {
        throw ImportError(
          .conflict,
          item.isCancelled
            ? "import \(id) was cancelled" : "import \(id) is \(item.status.name), not stopped")
      }
      // Jobs of the earlier start that are still queued must not affect this one.
      item.runNumber += 1
      item.isForeground = false
      try await ImportStore.queueAgain(item, on: transaction.connection)
      try ImportTransitions.enqueue(item, transaction.outbox)
    }
  }

  /// Cancels an import permanently; imported rows stay.
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
    // In its own transaction, because a part in progress holds its row while it waits for ours.
    try await jobs.postgres.transaction { try await PartStore.deleteFile(id, on: $0) }
    return item
  }

  /// Undoes an import: the contacts that it made and that nobody has touched since are removed by a job (IMP-75).
  ///
  /// - Throws: ``ImportError`` `conflict` if it has not ended, is undone already, or made companies.
  package func undo(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, transaction in
      guard item.object == .contact else {
        throw ImportError(
          .conflict, "import \(id) is of companies: only contacts can be taken back")
      }
      guard item.status.hasEnded || item.isCancelled else {
        throw ImportError(
          .conflict,
          "import \(id) is \(item.shownStatus.name): wait for its end, or cancel it first")
      }
      guard try await ImportStore.beginUndo(of: id, by: actor, in: transaction) else {
        throw ImportError(.conflict, "import \(id) is undone already")
      }
      try transaction.outbox.add(UndoImport(importID: id), .of(item, createdBy: actor.id))
    }
  }

  /// Deletes the record, its file and its row log, but not the contacts (IMP-73).
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
    // A delayed import takes a slot too, ahead of those behind it.
    guard item.status == .inProgress || item.status == .delayed else { return }
    try await ImportTransitions(settings: settings)
      .startNext(item.object, in: transaction)
  }
}
