package import Fields
package import JobQueue
package import Postgres

/// What a worker and a scheduler need to know to do imports.
package enum ImportJobs {
  /// The queue that imports run on.
  package static let queue = "imports"

  /// Registers the handlers of all jobs of imports, with settings that do not change.
  package static func register(
    in registry: inout JobRegistry, pool: PostgresPool, fields: FieldStore,
    settings: ImportSettings = ImportSettings()
  ) {
    register(in: &registry, pool: pool, fields: fields) { settings }
  }

  /// Registers the handlers of all jobs of imports.
  ///
  /// - Parameter settings: asked for by each job, so that a change is in force at once.
  package static func register(
    in registry: inout JobRegistry, pool: PostgresPool, fields: FieldStore,
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
    registry.register(SweepImports.self) { job, context in
      try await SweepHandler(settings: try await settings()).handle(job, context)
    }
  }

  /// The jobs that a scheduler enqueues again and again.
  package static var periodic: [PeriodicJob] {
    [PeriodicJob("imports.sweep", .every(.seconds(300))) { _ in SweepImports() }]
  }
}
