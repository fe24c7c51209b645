import Contacts
package import Fields
package import Foundation
package import JobQueue
import Postgres
package import Query
import Segments
import Users

/// Everything that can be asked of exports: to be called by the API and the command line.
///
/// Whatever is refused throws an ``ExportError``.
package struct ExportService: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let commands: [String: SearchCommand]
  let settings: @Sendable () async throws -> ExportSettings

  /// A service on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: Enqueues; its database and clock are used.
  ///   - fields: The definitions of fields.
  ///   - commands: Commands of searches that modules above contacts give.
  ///   - settings: What the operator has set.
  package init(
    jobs: JobClient, fields: FieldStore, commands: [String: SearchCommand] = [:],
    settings: @escaping @Sendable () async throws -> ExportSettings = { ExportSettings() }
  ) {
    self.jobs = jobs
    self.fields = fields
    self.commands = commands
    self.settings = settings
  }

  /// Reads exports.
  package var store: ExportStore { ExportStore(pool: jobs.postgres) }

  /// The instant, by the injected clock.
  package var now: Date { jobs.clock.now }

  /// Asks for an export. What can be known at once is refused at once: columns and conditions that make
  /// no sense, a selection of nobody (EXP-15), one above the ceiling (EXP-05).
  package func create(_ options: ExportOptions, by user: ExportUser) async throws -> Export {
    if options.gzip, options.format == .xlsx {
      throw ExportError(.invalid, "gzip: an xlsx file is packed already", field: "gzip")
    }
    if options.byteOrderMark, options.format != .csv {
      throw ExportError(.invalid, "bom: only a csv file can have one", field: "bom")
    }
    let definitions = try await fields.current()
    let columns = try ExportColumns(options.columns, fields: definitions)
    _ = try options.order(fields: definitions)
    let condition = try options.condition(
      fields: definitions, user: user.author.id, commands: commands)
    try await checkSegments(options.selection, for: user)
    let settings = try await settings()
    try await lookAhead(condition, limit: settings.limit)
    let now = now
    return try await jobs.transaction(at: now) { transaction in
      let name = try await ExportNames.free(
        options.fileExtension, now: now, on: transaction.connection)
      let inserted = try await ExportStore.insert(
        options, columns: columns.names, fileName: name, by: user, in: transaction)
      guard var export = inserted else {
        throw ExportError(.failed, "the export was not stored")
      }
      let job = try RunExport.enqueue(
        export.id, createdBy: export.createdBy, perUser: settings.perUser, transaction.outbox)
      try await ExportStore.setJob(job, of: export.id, on: transaction.connection)
      export.jobID = job.description
      try await ExportAudit.write("create", export, by: user.author, in: transaction)
      return export
    }
  }

  /// A segment that is not public is its maker's (segments.md 11), by whatever it is named.
  private func checkSegments(_ selection: ContactSelection, for user: ExportUser) async throws {
    if let id = selection.segment,
      try await !SegmentStore(pool: jobs.postgres).exists(id)
    {
      throw ExportError(.invalid, "segment: there is no segment \(id)", field: "segment")
    }
    do {
      try await SegmentAccess(user: user.author.id, isAdministrator: user.isAdministrator)
        .check(selection, on: jobs.postgres)
    } catch let error as PrivateSegment {
      throw ExportError(.forbidden, "\(error)", field: error.member)
    }
  }

  /// The milliseconds that the server may take to count before the answer is left to the work.
  private static let patience = 2_000

  /// Refuses nobody, and too many, where that is known soon.
  private func lookAhead(_ condition: SQL, limit: Int64) async throws {
    let found = try await store.count(
      where: condition, isExact: limit > 0, withinMilliseconds: Self.patience)
    guard let found else { return }
    if found == 0 { throw ExportError.nothing }
    if limit > 0, found > limit { throw ExportError.tooMany(found, limit: limit) }
  }
}
