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
    return try await jobs.postgres.transaction { connection in
      var item = try await ImportStore.read(id, on: connection, lock: true)
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
      let fields = item.hasMapping ? try JSON(item.fields) : nil
      try await connection.query(
        """
        UPDATE imports SET fields = \(fields), defaults = \(try JSON(item.defaults)),
          priority = \(item.priority), allow_duplicates = \(item.allowDuplicates),
          date_modified = \(now), modified_by = \(actor.id), modified_by_user = \(actor.name)
        WHERE id = \(id)
        """)
      return try await ImportStore.read(id, on: connection)
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
    return try await change(id, by: actor) { item, connection, outbox in
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
      try await connection.query(
        """
        UPDATE imports SET status = \(literal: ImportStatus.queued), is_published = true,
          allow_duplicates = \(consent),
          is_foreground = \(item.isForeground)
        WHERE id = \(id)
        """)
      try ImportTransitions.enqueue(item, outbox)
    }
  }

  /// Lets an import in the foreground go on in the background: nobody waits for it any more (IMP-22).
  package func moveToBackground(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, connection, _ in
      guard item.shownStatus == .manual else {
        throw ImportError(
          .conflict, "import \(id) is \(item.status.name): it is not done in the foreground")
      }
      try await connection.query("UPDATE imports SET is_foreground = false WHERE id = \(id)")
    }
  }

  /// Stops an import: parts under way are finished, then it waits (IMP-62).
  package func stop(_ id: Int64, by actor: ImportActor) async throws -> Import {
    let settings = try await settings()
    return try await change(id, by: actor) { item, connection, outbox in
      switch item.status {
      case .stopped where !item.isCancelled: return
      case .queued, .inProgress, .delayed: break
      default:
        throw ImportError(.conflict, "import \(id) is \(item.status.name): it cannot be stopped")
      }
      try await connection.query(
        """
        UPDATE imports SET status = \(literal: ImportStatus.stopped), is_published = false,
          status_info = NULL, job_id = NULL
        WHERE id = \(id)
        """)
      try await startNext(after: item, settings, connection, outbox)
    }
  }

  /// Goes on with an import that was stopped, where it had stopped (IMP-62), in the background.
  package func resume(_ id: Int64, by actor: ImportActor) async throws -> Import {
    try await change(id, by: actor) { item, connection, outbox in
      guard item.status == .stopped, !item.isCancelled else {
        throw ImportError(
          .conflict,
          item.isCancelled
            ? "import \(id) was cancelled" : "import \(id) is \(item.status.name), not stopped")
      }
      // Jobs of the earlier start that are still queued must not count for this one.
      item.runNumber += 1
      item.isForeground = false
      try await connection.query(
        """
        UPDATE imports SET status = \(literal: ImportStatus.queued), is_published = true,
          is_foreground = false,
          run_number = \(item.runNumber)
        WHERE id = \(id)
        """)
      try ImportTransitions.enqueue(item, outbox)
    }
  }

  /// Ends an import for good; rows that were imported stay.
  package func cancel(_ id: Int64, by actor: ImportActor) async throws -> Import {
    let (now, settings) = (now, try await settings())
    let item = try await change(id, by: actor) { item, connection, outbox in
      guard !item.status.hasEnded else {
        throw ImportError(.conflict, "import \(id) is \(item.status.name): it has ended")
      }
      if item.isCancelled { return }
      try await connection.query(
        """
        UPDATE imports SET status = \(literal: ImportStatus.stopped), is_published = false,
          is_cancelled = true,
          status_info = NULL, job_id = NULL, date_ended = \(now)
        WHERE id = \(id)
        """)
      try await startNext(after: item, settings, connection, outbox)
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
    try await ImportRemoval(pool: jobs.postgres).remove(id)
  }

  private func change(
    _ id: Int64, by actor: ImportActor,
    _ body: @escaping @Sendable (inout Import, PostgresConnection, JobOutbox) async throws -> Void
  ) async throws -> Import {
    let now = now
    return try await jobs.transaction { connection, outbox in
      var item = try await ImportStore.read(id, on: connection, lock: true)
      try await body(&item, connection, outbox)
      try await connection.query(
        """
        UPDATE imports SET date_modified = \(now), modified_by = \(actor.id),
          modified_by_user = \(actor.name), date_progress = \(now)
        WHERE id = \(id)
        """)
      return try await ImportStore.read(id, on: connection)
    }
  }

  private func startNext(
    after item: Import, _ settings: ImportSettings, _ connection: PostgresConnection,
    _ outbox: JobOutbox
  ) async throws {
    // One that waits takes a place too, in front of those behind it.
    guard item.status == .inProgress || item.status == .delayed else { return }
    try await ImportTransitions(settings: settings, now: now)
      .startNext(item.object, on: connection, outbox)
  }
}

/// Takes an import away with everything that belongs to it.
struct ImportRemoval: Sendable {
  let pool: PostgresPool

  func remove(_ id: Int64) async throws {
    try await pool.transaction { connection in
      let rows = try await connection.query("DELETE FROM imports WHERE id = \(id)")
      guard rows.affected == 1 else { throw ImportError.noSuchImport(id) }
      try await connection.pipeline([
        "DELETE FROM import_parts WHERE import_id = \(id)",
        "DELETE FROM import_contested WHERE import_id = \(id)",
        "DELETE FROM import_failures WHERE import_id = \(id)",
        "DELETE FROM import_rows WHERE import_id = \(id)",
        "DELETE FROM import_blocks WHERE import_id = \(id)",
      ])
    }
  }
}
