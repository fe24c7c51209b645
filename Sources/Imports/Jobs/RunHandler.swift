import Fields
import JobQueue
import Postgres

/// The handler of ``RunImport``.
struct RunHandler: Sendable {
  let fields: FieldStore
  let loader: RunLoader
  let settings: ImportSettings

  private enum Start: Sendable {
    case begun(Import)
    case mustWait
    case nothingToDo
  }

  func handle(_ job: RunImport, _ context: JobContext) async throws {
    let item: Import
    switch try await begin(job, context) {
    case .begun(let begun): item = begun
    case .mustWait: return try await delay(job, context)
    case .nothingToDo: return
    }
    let run: ImportRun
    do {
      run = try await loader.make(item, settings)
    } catch let error as ImportError {
      // A mapped field has been deleted, or the users cannot be read.
      return try await fail(job, error, context)
    }
    do {
      try await plan(job, item, run, context)
    } catch let error as ImportError {
      try await fail(job, error, context)
    }
  }

  /// Starts planning the import.
  private func begin(_ job: RunImport, _ context: JobContext) async throws -> Start {
    let settings = settings
    return try await context.transaction { transaction in
      guard let item = try await Self.current(job, on: transaction.connection) else {
        return .nothingToDo
      }
      // A worker died while planning, or the import's jobs were lost: plan again.
      if item.status == .inProgress { return .begun(item) }
      let transitions = ImportTransitions(settings: settings)
      guard try await transitions.hasFreeSlot(for: item, on: transaction.connection) else {
        return .mustWait
      }
      return .begun(try await transitions.begin(item, job: context.id, in: transaction))
    }
  }

  /// Delays the import until another ends.
  private func delay(_ job: RunImport, _ context: JobContext) async throws {
    let settings = settings
    try await context.complete { transaction in
      guard let item = try await Self.current(job, on: transaction.connection),
        item.status != .inProgress
      else { return }
      try await ImportTransitions(settings: settings)
        .delay(item, in: transaction)
    }
  }

  /// Returns the import, locked, if the job still belongs to it.
  private static func current(
    _ job: RunImport, on connection: PostgresConnection
  ) async throws -> Import? {
    let item: Import
    do {
      item = try await ImportStore.read(job.importID, on: connection, lock: true)
    } catch let error as ImportError where error.code == .notFound {
      return nil
    }
    guard item.runNumber == job.run, item.isPublished else { return nil }
    switch item.status {
    case .queued, .delayed, .inProgress: return item
    default: return nil
    }
  }

  private func plan(
    _ job: RunImport, _ item: Import, _ run: ImportRun, _ context: JobContext
  ) async throws {
    let isPlanned = item.mode != nil
    var contestedRows = 0
    if !isPlanned, let format = item.format {
      let scan = FileScan(
        run: run, format: format, parts: PartStore(pool: context.client.postgres),
        transactions: context.client.transactions, settings: settings)
      contestedRows = try await scan.read(partCount: item.partCount, context: context)
    }
    let mode: Import.Mode = run.layout.needsOrder ? .ordered : .parallel
    let buckets = (contestedRows + settings.contestedRows - 1) / max(1, settings.contestedRows)
    let settings = settings
    try await context.complete { transaction in
      let item = try await ImportStore.read(job.importID, on: transaction.connection, lock: true)
      guard item.status == .inProgress, item.runNumber == job.run else { return }
      if !isPlanned {
        try await ImportStore.plan(item.id, mode, buckets: max(1, buckets), in: transaction)
      }
      let pending = try await PartStore.pending(item.id, on: transaction.connection)
      try await FinishHandler(settings: settings).proceed(
        item, mode: item.mode ?? mode, pending: pending, in: transaction)
    }
  }

  private func fail(
    _ job: RunImport, _ error: ImportError, _ context: JobContext
  ) async throws {
    let settings = settings
    try await context.complete { transaction in
      let item = try await ImportStore.read(job.importID, on: transaction.connection, lock: true)
      guard item.runNumber == job.run, item.status == .inProgress else { return }
      try await ImportTransitions(settings: settings)
        .failed(item, error, in: transaction)
    }
  }
}
