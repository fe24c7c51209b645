package import JobQueue
package import Users

extension ReportJobs {
  /// Registers the handlers.
  ///
  /// - Parameters:
  ///   - registry: The registry of jobs.
  ///   - store: The reports.
  ///   - reader: Reads their rows.
  ///   - site: The address of this installation, to which the messages link.
  ///   - user: Returns the user with an id, whose rights decide which rows are sent.
  package static func register(
    in registry: inout JobRegistry, store: ReportStore, reader: ReportReader, site: String,
    user: @escaping @Sendable (Int64) async throws -> User?
  ) {
    let sender = ReportSender(store: store, reader: reader, site: site, user: user)
    registry.register(SendDueReports.self) { _, context in
      while try await context.transaction({ try await store.planDue(in: $0) }) {
        try context.checkLease()
      }
      try await context.complete()
    }
    registry.register(SendReport.self) { job, context in try await sender.send(job, context) }
  }

  /// The job that a scheduler enqueues periodically.
  package static var periodic: [PeriodicJob] {
    [
      PeriodicJob(
        "reports.due", .every(.seconds(60)), options: EnqueueOptions(uniqueKey: "due")
      ) { _ in SendDueReports() }
    ]
  }
}
