package import Fields
import Foundation
package import JobQueue
package import Logging
import Postgres
import Primitives
package import Segments
import Users

/// The operations on imports, for the API, the console and the command line.
///
/// Refused requests throw an ``ImportError``.
package struct ImportService: Sendable {
  let jobs: JobClient
  let fields: FieldStore
  let settings: @Sendable () async throws -> ImportSettings
  let logger: Logger

  /// Creates a service on a queue and its database.
  ///
  /// - Parameters:
  ///   - jobs: The job client; its database is used.
  ///   - fields: The available fields.
  ///   - settings: The operator's settings, read for each call.
  ///   - logger: The log for errors.
  package init(
    jobs: JobClient, fields: FieldStore,
    settings: @escaping @Sendable () async throws -> ImportSettings = { ImportSettings() },
    logger: Logger
  ) {
    self.jobs = jobs
    self.fields = fields
    self.settings = settings
    self.logger = logger
  }

  /// The store of imports.
  package var store: ImportStore { ImportStore(pool: jobs.postgres) }

  var now: Date { jobs.clock.now }

  /// Returns everything that a column of an import can be mapped to (IMP-10).
  package func catalog(_ object: ImportObject) async throws -> ImportFieldCatalog {
    let set = try await fields.current()
    return ImportFields(contacts: set.contact, companies: set.company).catalog(object)
  }

  // MARK: Creating

  /// Creates an import whose file follows: status `uploading`.
  package func create(_ options: ImportOptions, by actor: ImportActor) async throws -> Import {
    try options.check()
    try await check(options.defaults)
    try await checkMapping(options)
    return try await ImportStore.insert(options, by: actor, now: now, on: jobs.postgres)
  }

  /// Receives the file of an import made by `create`.
  ///
  /// A second upload to the same import takes over from the first, so a client whose connection
  /// broke need not wait. If the file is refused the import is kept as failed.
  ///
  /// - Parameter next: Returns the next bytes of the file, nil at its end.
  package func upload<Chunk: Collection<UInt8>>(
    into id: Int64, isolation: isolated (any Actor)? = #isolation,
    from next: () async throws -> Chunk?
  ) async throws -> Import {
    let (item, token) = try await beginUpload(id)
    do {
      return try await receive(item, token, next)
    } catch {
      try await abandon(item, token, error)
      throw error
    }
  }

  /// Creates an import from one request with options and file. If the file is refused, or the
  /// stream breaks off, nothing remains.
  package func upload<Chunk: Collection<UInt8>>(
    _ options: ImportOptions, by actor: ImportActor, isolation: isolated (any Actor)? = #isolation,
    from next: () async throws -> Chunk?
  ) async throws -> Import {
    let created = try await create(options, by: actor)
    let (item, token) = try await beginUpload(created.id)
    do {
      return try await receive(item, token, next)
    } catch {
      try await jobs.postgres.transaction { try await ImportStore.delete(item.id, on: $0) }
      throw error
    }
  }

  private func receive<Chunk: Collection<UInt8>>(
    _ item: Import, _ token: Int, isolation: isolated (any Actor)? = #isolation,
    _ next: () async throws -> Chunk?
  ) async throws -> Import {
    let catalog = try await catalog(item.object)
    return try await ImportUpload(
      jobs: jobs, catalog: catalog, settings: try await settings(), item: item, token: token
    ).receive(next)
  }

  private func beginUpload(_ id: Int64) async throws -> (Import, Int) {
    let now = now
    return try await jobs.transaction(at: now) { transaction in
      var item = try await ImportStore.read(id, on: transaction.connection, lock: true)
      guard item.status == .uploading else {
        throw ImportError(
          .conflict, "import \(id) is \(item.status.name): it does not wait for a file")
      }
      item.runNumber += 1
      try await ImportStore.beginUpload(item, in: transaction)
      return (item, item.runNumber)
    }
  }

  /// Marks an import whose file was refused as failed, with the reason.
  private func abandon(_ item: Import, _ token: Int, _ error: any Error) async throws {
    let reason =
      error as? ImportError ?? ImportError(.cutOff, "the upload broke off before its end")
    let now = now
    try await jobs.transaction(at: now) { transaction in
      // A stream that broke off may be sent again; an unreadable file cannot succeed.
      let isFinal = error is ImportError && reason.code != .conflict
      try await ImportStore.abandonUpload(
        item.id, run: token, reason, isFinal: isFinal, in: transaction)
    }
  }

  // MARK: Checks

  /// Checks that fields exist; columns can only be checked against the file.
  private func checkMapping(_ options: ImportOptions) async throws {
    guard let fields = options.fields else { return }
    let catalog = try await catalog(options.object)
    let unknown = fields.sorted { $0.key < $1.key }.filter {
      !$0.value.trimmingBlanks().isEmpty && catalog.field(named: $0.value) == nil
    }
    let problems = unknown.map {
      ImportError.Problem(
        field: "fields.\($0.key)", value: $0.value, rule: "is not a field that can be imported")
    }
    if let error = ImportError.all(problems, code: .mapping) { throw error }
  }

  /// Refuses a segment that is private to another user as the target (segments.md 11).
  ///
  /// - Throws: `PrivateSegment`, or an error of the database.
  package func check(_ segment: Int64, for access: SegmentAccess) async throws {
    try await access.check([segment], "defaults.list", on: jobs.postgres)
  }

  /// Checks that owner and segment exist (IMP-15).
  func check(_ defaults: ImportDefaults) async throws {
    var problems: [ImportError.Problem] = []
    if let owner = defaults.owner,
      try await !UserStore.exists(owner, on: jobs.postgres)
    {
      problems.append(.init(field: "defaults.owner", value: "\(owner)", rule: "is not a user"))
    }
    if let list = defaults.list,
      try await !SegmentStore(pool: jobs.postgres).exists(list)
    {
      problems.append(.init(field: "defaults.list", value: "\(list)", rule: "is not a segment"))
    }
    if let error = ImportError.all(problems, code: .invalid) { throw error }
  }
}
