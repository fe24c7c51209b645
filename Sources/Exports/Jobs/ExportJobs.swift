package import Fields
package import JobQueue
import Postgres
package import Query

/// What a worker and a scheduler need to know to do exports.
package enum ExportJobs {
  /// The queue that exports run on.
  package static let queue = "exports"

  /// Registers the handlers of all jobs of exports.
  ///
  /// - Parameters:
  ///   - registry: Where to.
  ///   - fields: The definitions of fields.
  ///   - commands: Commands of searches that modules above contacts give.
  ///   - settings: Asked for by each job, so that a change is in force at once.
  package static func register(
    in registry: inout JobRegistry, fields: FieldStore, commands: [String: SearchCommand] = [:],
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

  /// The jobs that a scheduler enqueues again and again.
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

/// Deletes parts that belong to no file: of runs that broke off, of exports that ended.
struct DiscardExportParts: DurableJob {
  static let name = "export.discard"
  static let queue = ExportJobs.queue
}

/// Ends files whose time has come, and exports that nothing drives any more.
struct SweepExports: DurableJob {
  static let name = "export.sweep"
  static let queue = ExportJobs.queue
}

extension RunExport {
  /// Enqueues the work on an export. Each user is a lane, so that one who asks for many does not keep
  /// others waiting.
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
  /// Enqueues one, unless one waits already.
  static func enqueue(_ outbox: JobOutbox) throws {
    try outbox.add(DiscardExportParts(), EnqueueOptions(uniqueKey: "parts"))
  }
}
