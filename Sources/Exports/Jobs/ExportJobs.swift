package import Fields
package import JobQueue
import Postgres
package import Query

/// The queue, the handlers and the periodic jobs of exports, for workers and schedulers.
package enum ExportJobs {
  /// The queue of exports.
  package static let queue = "exports"

  /// Registers the handlers of all export jobs.
  ///
  /// - Parameters:
  ///   - registry: The registry.
  ///   - fields: The field definitions.
  ///   - commands: The search commands of other modules.
  ///   - settings: Read by each job, so that a change takes effect at once.
  package static func register(
    in registry: inout JobRegistry, fields: FieldStore, commands: [String: SearchCommand],
    settings: @escaping @Sendable () async throws -> ExportSettings = { ExportSettings() }
  ) {
    let metrics = ExportMetrics()
    registry.register(RunExport.self) { job, context in
      try await RunHandler(
        fields: fields, commands: commands, settings: try await settings(), metrics: metrics
      ).handle(job, context)
    }
    registry.register(DiscardExportParts.self) { _, context in
      try await DiscardHandler().handle(context)
    }
    registry.register(SweepExports.self) { _, context in try await SweepHandler().handle(context) }
  }

  /// The periodic jobs that a scheduler enqueues.
  package static var periodic: [PeriodicJob] {
    [PeriodicJob("exports.sweep", .every(.seconds(300))) { _ in SweepExports() }]
  }
}

/// Makes the file of an export.
struct RunExport: DurableJob {
  static let name = "export.run"
  static let queue = ExportJobs.queue
  static let options = JobOptions(maxAttempts: 5, keep: .seconds(3 * 86_400))

  let exportID: Int64
}

/// Deletes parts that belong to no file: of interrupted runs and of ended exports.
struct DiscardExportParts: DurableJob {
  static let name = "export.discard"
  static let queue = ExportJobs.queue
}

/// Deletes expired files, and ends or requeues exports without a running job.
struct SweepExports: DurableJob {
  static let name = "export.sweep"
  static let queue = ExportJobs.queue
}

extension RunExport {
  /// Enqueues the work on an export. Each user is a group, so that a user with many exports does
  /// not delay others.
  static func enqueue(
    _ id: Int64, createdBy: Int64?, perUser: Int, _ outbox: JobOutbox
  ) throws -> JobID {
    try outbox.add(
      RunExport(exportID: id),
      EnqueueOptions(
        group: "exports:\(createdBy ?? 0)", groupLimit: max(1, perUser),
        object: JobSubject(type: "export", id: id), createdBy: createdBy))
  }
}

extension DiscardExportParts {
  /// Enqueues the job, unless one is already waiting.
  static func enqueue(_ outbox: JobOutbox) throws {
    try outbox.add(DiscardExportParts(), EnqueueOptions(uniqueKey: "parts"))
  }
}
