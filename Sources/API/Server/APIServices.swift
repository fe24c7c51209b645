import Campaigns
public import Contacts
public import Exports
public import Imports
public import JobQueue
public import Mail
import Points
public import Postgres
public import Redis
public import Segments
public import Users

/// What the API speaks for.
public struct APIServices: Sendable {
  /// The database, for health and idempotency keys.
  public var postgres: PostgresPool
  /// Redis, for health.
  public var redis: RedisConnection
  /// Jobs, queues and workers.
  public var jobs: JobClient
  /// Who may log in.
  public var authenticator: Authenticator
  /// Contacts, for reading.
  public var contacts: ContactStore
  /// How contacts are written.
  public var contactSettings: @Sendable () async throws -> ContactSettings
  /// The definitions of fields.
  public var fields: FieldStore
  /// Imports.
  public var imports: ImportService
  /// Makes and changes segments.
  public var segments: SegmentEditor
  /// From when on a segment's rebuilds are worth a warning.
  public var segmentWarnings: @Sendable () async throws -> SegmentWarnings
  /// Exports.
  public var exports: ExportService
  /// What an operator has set about fields and companies; that of a new system until it is set.
  public var records = RecordSettings()
  /// Mail; nil where none is sent.
  public var mail: MailKit?
  /// What moves when contacts are merged.
  public var mergeTables =
    MergeTable.contacts + MergeTable.points + MergeTable.mail
    + MergeTable.campaigns

  /// The services of a process.
  /// - Parameters:
  ///   - jobs: Enqueues jobs and looks at queues; its database and clock are the API's too.
  ///   - authenticator: Verifies names and passwords.
  ///   - contacts: Reads contacts.
  ///   - fields: Reads the definitions of fields.
  ///   - imports: Creates and steers imports.
  ///   - segments: Makes and changes segments; one without settings where none is given.
  ///   - segmentWarnings: From when on a segment's rebuilds are worth a warning.
  ///   - exports: Creates and steers exports; with the standard settings unless given.
  ///   - contactSettings: What an operator has set about contacts.
  public init(
    jobs: JobClient, authenticator: Authenticator, contacts: ContactStore, fields: FieldStore,
    imports: ImportService, exports: ExportService? = nil,
    segments: SegmentEditor? = nil,
    segmentWarnings: @escaping @Sendable () async throws -> SegmentWarnings = { SegmentWarnings() },
    contactSettings: @escaping @Sendable () async throws -> ContactSettings = {
      ContactSettings()
    }
  ) {
    postgres = jobs.postgres
    redis = jobs.redis
    self.jobs = jobs
    self.authenticator = authenticator
    self.contacts = contacts
    self.contactSettings = contactSettings
    self.fields = fields
    self.imports = imports
    self.segments = segments ?? SegmentEditor(jobs: jobs, fields: fields)
    self.segmentWarnings = segmentWarnings
    self.exports = exports ?? ExportService(jobs: jobs, fields: fields)
  }

  /// Every route.
  func routes(_ configuration: APIConfiguration) -> [Route] {
    let cap = configuration.maximumPageSize
    var routes = HealthRoutes(
      postgres: postgres, redis: redis, version: configuration.version
    ).routes
    routes += UserRoutes.routes
    routes += contactRoutes(configuration)
    routes +=
      ImportRoutes(
        imports: imports, clock: jobs.clock, pageCap: cap,
        uploadLimit: configuration.maximumUploadBytes
      ).routes
    routes += segmentRoutes(configuration)
    routes += ExportRoutes(exports: exports, pageCap: cap).routes
    routes += recordRoutes(pageCap: cap)
    routes += pointRoutes(pageCap: cap)
    routes += mailRoutes(pageCap: cap)
    routes += StatsRoutes(store: StatsStore(pool: postgres), pageCap: cap).routes
    routes += JobRoutes(jobs: jobs, pageCap: cap).routes
    routes += QueueRoutes(jobs: jobs, pageCap: cap).routes
    routes += historyRoutes(configuration)
    return routes
  }

  private func segmentRoutes(_ configuration: APIConfiguration) -> [Route] {
    let store = SegmentStore(pool: postgres)
    return SegmentResource(
      store: store, editor: segments, pageCap: configuration.maximumPageSize
    ).routes
      + SegmentMemberRoutes(store: store, members: SegmentMembers(jobs: jobs)).routes
      + SegmentOwnRoutes(
        store: store, editor: segments, contacts: contacts, jobs: jobs, warnings: segmentWarnings
      ).routes
  }

  private func contactRoutes(_ configuration: APIConfiguration) -> [Route] {
    let editor = ContactEditor(
      pool: postgres, fields: fields, tables: mergeTables, settings: contactSettings)
    return ContactRoutes(
      contacts: contacts, editor: editor, fields: fields, clock: jobs.clock,
      pageCap: configuration.maximumPageSize
    ).routes
      + ContactListRoutes(fields: fields, postgres: postgres).routes
      + ContactActionRoutes(editor: editor, clock: jobs.clock).routes
      + ContactUTMRoutes(editor: editor, clock: jobs.clock).routes
      + ContactCompanyRoutes(
        contacts: contacts, companies: CompanyStore(pool: postgres, fields: fields)
      ).routes
  }
}
