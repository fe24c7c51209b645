public import Contacts
public import JobQueue
public import Postgres

/// What a worker and a scheduler need to know to do imports.
public enum ImportJobs {
  /// The queue that imports run on.
  public static let queue = "imports"

  /// Registers the handlers of all jobs of imports.
  public static func register(
    in registry: inout JobRegistry, pool: PostgresPool, fields: FieldStore,
    settings: ImportSettings = ImportSettings()
  ) {
    let loader = RunLoader(pool: pool, fields: fields)
    let run = RunHandler(fields: fields, loader: loader, settings: settings)
    let part = PartHandler(loader: loader, settings: settings, metrics: ImportMetrics())
    let finish = FinishHandler(settings: settings)
    let sweep = SweepHandler(settings: settings)
    registry.register(RunImport.self) { try await run.handle($0, $1) }
    registry.register(ImportPart.self) { try await part.handle($0, $1) }
    registry.register(ImportTail.self) { try await part.handle($0, $1) }
    registry.register(FinishImport.self) { try await finish.handle($0, $1) }
    registry.register(SweepImports.self) { try await sweep.handle($0, $1) }
  }

  /// The jobs that a scheduler enqueues again and again.
  public static var periodic: [PeriodicJob] {
    [PeriodicJob("imports.sweep", .every(.seconds(300))) { _ in SweepImports() }]
  }
}
