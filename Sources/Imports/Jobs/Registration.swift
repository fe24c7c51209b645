package import Fields
package import JobQueue
package import Postgres

/// The queue, the handlers and the periodic jobs of imports, for workers and schedulers.
package enum ImportJobs {
  /// The queue of imports.
  package static let queue = "imports"

  /// Registers the handlers of all import jobs, with fixed settings.
  package static func register(
    in registry: inout JobRegistry, pool: PostgresPool, fields: FieldStore,
    settings: ImportSettings = ImportSettings()
  ) {
    register(in: &registry, pool: pool, fields: fields) { settings }
  }

  /// Registers the handlers of all import jobs.
  ///
  /// - Parameters:
  ///   - activity: Conditions on `contacts AS c`, of modules above, under which something has happened to a contact
  ///     since it was imported.
  ///   - settings: Read by each job, so that a change takes effect at once.
  package static func register(
    in registry: inout JobRegistry, pool: PostgresPool, fields: FieldStore, activity: [SQL] = [],
    settings: @escaping @Sendable () async throws -> ImportSettings
  ) {
    let loader = RunLoader(pool: pool, fields: fields)
    let metrics = ImportMetrics()
    registry.register(RunImport.self) { job, context in
      try await RunHandler(fields: fields, loader: loader, settings: try await settings())
        .handle(job, context)
    }
    registry.register(ImportPart.self) { job, context in
      try await PartHandler(loader: loader, settings: try await settings(), metrics: metrics)
        .handle(job, context)
    }
    registry.register(ContestedRowsJob.self) { job, context in
      try await PartHandler(loader: loader, settings: try await settings(), metrics: metrics)
        .handle(job, context)
    }
    registry.register(FinishImport.self) { job, context in
      try await FinishHandler(settings: try await settings()).handle(job, context)
    }
    registry.register(UndoImport.self) { job, context in
      try await UndoHandler(
        fields: fields, activity: activity, stepSize: try await settings().undoStep
      ).handle(job, context)
    }
    registry.register(SweepImports.self) { job, context in
      try await SweepHandler(settings: try await settings()).handle(job, context)
    }
  }

  /// The periodic jobs that a scheduler enqueues.
  package static var periodic: [PeriodicJob] {
    [PeriodicJob("imports.sweep", .every(.seconds(300))) { _ in SweepImports() }]
  }
}
