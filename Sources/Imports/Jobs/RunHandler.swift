import Contacts
import JobQueue
import Postgres

/// Handles ``RunImport``.
struct RunHandler: Sendable {
  let fields: FieldStore
  let loader: RunLoader
  let settings: ImportSettings

  func handle(_ job: RunImport, _ context: JobContext) async throws {
    guard let item = try await begin(job, context) else { return }
    let run: ImportRun
    do {
      run = try await loader.make(item, settings)
    } catch let error as ImportError {
      // A field that was mapped is gone, or there are no users to read.
      return try await fail(job, error, context)
    }
    do {
      try await plan(job, item, run, context)
    } catch let error as ImportError {
      try await fail(job, error, context)
    }
  }

  /// Takes the import up; nil if there is nothing to do (any more), or not yet.
  private func begin(_ job: RunImport, _ context: JobContext) async throws -> Import? {
    let settings = settings
    let limit = settings.parallelLimit
    return try await context.transaction { connection, _ -> Import? in
      let transitions = ImportTransitions(settings: settings, now: context.clock.now)
      // Before the row, in the same order as whoever ends an import and starts the next.
      let rows = try await connection.query("SELECT object FROM imports WHERE id = \(job.importID)")
      guard let row = rows.first else { return nil }
      let object = ImportObject(rawValue: try row.decode("object")) ?? .contact
      let others = try await transitions.inProgress(object, except: job.importID, on: connection)
      let item = try await ImportStore.read(job.importID, on: connection, lock: true)
      guard item.runNumber == job.run, item.isPublished else { return nil }
      switch item.status {
      case .queued, .delayed:
        guard others < limit else {
          let reason = "waits for another import to end: at most \(limit) run at once"
          try await transitions.delay(item, reason, on: connection)
          return nil
        }
        return try await transitions.begin(item, job: context.id, on: connection)
      // A worker died while it planned: plan again.
      case .inProgress: return item
      default: return nil
      }
    }
  }

  private func plan(
    _ job: RunImport, _ item: Import, _ run: ImportRun, _ context: JobContext
  ) async throws {
    let isPlanned = item.mode != nil
    var asideRows = 0
    if !isPlanned, let format = item.format {
      let scan = FileScan(
        run: run, format: format, parts: PartStore(pool: context.client.postgres),
        settings: settings)
      asideRows = try await scan.read(partCount: item.partCount, context: context)
    }
    let mode: Import.Mode = run.layout.needsOrder ? .ordered : .parallel
    let buckets = (asideRows + settings.tailRows - 1) / max(1, settings.tailRows)
    let settings = settings
    try await context.complete { connection, outbox in
      let item = try await ImportStore.read(job.importID, on: connection, lock: true)
      guard item.status == .inProgress, item.runNumber == job.run else { return }
      if !isPlanned {
        try await connection.query(
          """
          UPDATE imports SET mode = \(mode.rawValue), bucket_count = \(max(1, buckets)),
            date_progress = \(context.clock.now)
          WHERE id = \(item.id)
          """)
      }
      let pending = try await PartStore.pending(item.id, on: connection)
      try await FinishHandler(settings: settings).goOn(
        item, mode: item.mode ?? mode, pending: pending, connection, outbox,
        now: context.clock.now)
    }
  }

  private func fail(
    _ job: RunImport, _ error: ImportError, _ context: JobContext
  ) async throws {
    let settings = settings
    try await context.complete { connection, outbox in
      let item = try await ImportStore.read(job.importID, on: connection, lock: true)
      guard item.runNumber == job.run, item.status == .inProgress else { return }
      try await ImportTransitions(settings: settings, now: context.clock.now)
        .failed(item, error, on: connection, outbox)
    }
  }
}
