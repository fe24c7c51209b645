import Contacts
package import Fields
package import Foundation
package import JobQueue
import Postgres
package import Query
import Segments
import Users

/// The operations on exports, for the API and the command line.
///
/// Refused requests throw an ``ExportError``.
package struct ExportService: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let commands: [String: SearchCommand]
  let settings: @Sendable () async throws -> ExportSettings

  /// Creates a service on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: The job client; its database and clock are used.
  ///   - fields: The field definitions.
  ///   - commands: The search commands of other modules.
  ///   - settings: The operator's settings.
  package init(
    jobs: JobClient, fields: FieldStore, commands: [String: SearchCommand],
    settings: @escaping @Sendable () async throws -> ExportSettings = { ExportSettings() }
  ) {
    self.jobs = jobs
    self.fields = fields
    self.commands = commands
    self.settings = settings
  }

  /// The store of exports.
  package var store: ExportStore { ExportStore(pool: jobs.postgres) }

  /// The current instant of the injected clock.
  package var now: Date { jobs.clock.now }

  /// Creates an export. Detectable errors are reported at once: invalid columns and conditions, an
  /// empty selection (EXP-15), one above the limit (EXP-05).
  package func create(_ options: ExportOptions, by user: ExportUser) async throws -> Export {
    if options.gzip, options.format == .xlsx {
      throw ExportError(.invalid, "gzip: an xlsx file is packed already", field: "gzip")
    }
    if options.byteOrderMark, options.format != .csv {
      throw ExportError(.invalid, "bom: only a csv file can have one", field: "bom")
    }
    if let delimiter = options.delimiter {
      guard options.format == .csv else {
        throw ExportError(
          .invalid, "delimiter: only a csv file can have one", field: "delimiter")
      }
      guard ExportOptions.delimiters.contains(delimiter) else {
        throw ExportError(
          .invalid, "delimiter: \"\(delimiter)\" must be a comma, a semicolon, a tab or |",
          field: "delimiter")
      }
    }
    let definitions = try await fields.current()
    let columns = try ExportColumns(
      options.columns, fields: definitions, user: user.author.id)
    _ = try options.order(fields: definitions)
    let condition = try options.condition(
      fields: definitions, user: user.author.id, commands: commands)
    try await checkSegments(options.selection, for: user)
    let settings = try await settings()
    try await checkCount(condition, limit: settings.limit)
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

  /// Checks that private segments belong to the user (segments.md 11), however they are named.
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

  /// The time that the server may take to count before the check is left to the job, in
  /// milliseconds.
  private static let countTimeout = 2_000

  /// Refuses an empty selection and one above the limit, if that is known soon.
  private func checkCount(_ condition: SQL, limit: Int64) async throws {
    let found = try await store.count(
      where: condition, isExact: limit > 0, withinMilliseconds: Self.countTimeout)
    guard let found else { return }
    if found == 0 { throw ExportError.nothing }
    if limit > 0, found > limit { throw ExportError.tooMany(found, limit: limit) }
  }
}
