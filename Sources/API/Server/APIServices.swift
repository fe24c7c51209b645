package import Campaigns
package import Contacts
package import Exports
package import Imports
package import JobQueue
import Logging
package import Mail
import Points
package import Postgres
package import Redis
package import Segments
package import Users

/// What the API speaks for.
package struct APIServices: Sendable {
  /// The database, for health and idempotency keys.
  package var postgres: PostgresPool
  /// Redis, for health.
  package var redis: RedisConnection
  /// Jobs, queues and workers.
  package var jobs: JobClient
  /// Who may log in.
  package var authenticator: Authenticator
  /// Contacts, for reading.
  package var contacts: ContactStore
  /// How contacts are written.
  package var contactSettings: @Sendable () async throws -> ContactSettings
  /// The definitions of fields.
  package var fields: FieldStore
  package var imports: ImportService
  /// Makes and changes segments.
  package var segments: SegmentEditor
  /// From when on a segment's rebuilds are worth a warning.
  package var segmentWarnings: @Sendable () async throws -> SegmentWarnings
  package var exports: ExportService
  /// What an operator has set about fields and companies; that of a new system until it is set.
  package var records = RecordSettings()
  /// Mail; nil where none is sent.
  package var mail: MailEnvironment?
  package var campaigns: Campaigns
  /// What moves when contacts are merged.
  package var mergeTables =
    MergeTable.contacts + MergeTable.points + MergeTable.mail + MergeTable.campaigns
  /// Commands of the search for contacts that modules above contacts give.
  package var searchCommands = MailSearch.commands.merging(CampaignSearch.commands) { $1 }

  /// The services of a process.
  /// - Parameters:
  ///   - jobs: Enqueues jobs and looks at queues; its database and clock are the API's too.
  ///   - authenticator: Verifies names and passwords.
  ///   - contacts: Reads contacts.
  ///   - fields: Reads the definitions of fields.
  ///   - imports: Creates and steers imports.
  ///   - segments: Makes and changes segments; one without settings where none is given.
  ///   - campaigns: Campaigns; with the standard settings unless given.
  ///   - segmentWarnings: From when on a segment's rebuilds are worth a warning.
  ///   - exports: Creates and steers exports; with the standard settings unless given.
  ///   - contactSettings: What an operator has set about contacts.
  package init(
    jobs: JobClient, authenticator: Authenticator, contacts: ContactStore, fields: FieldStore,
    imports: ImportService, exports: ExportService? = nil,
    segments: SegmentEditor? = nil, campaigns: Campaigns? = nil,
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
    self.campaigns =
      campaigns
      ?? Campaigns(
        jobs: jobs, fields: fields, settings: { CampaignSettings(companies: CompanyRules()) },
        logger: Logger(label: "campaigns"))
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
    routes += campaignRoutes(configuration)
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

  private func campaignRoutes(_ configuration: APIConfiguration) -> [Route] {
    let cap = configuration.maximumPageSize
    let resource = CampaignResource(
      campaigns: campaigns, segments: SegmentStore(pool: postgres), pageCap: cap)
    return resource.routes
      + CampaignMemberRoutes(campaigns: campaigns, contacts: contacts, pageCap: cap).routes
      + CampaignEventRoutes(campaigns: campaigns, contacts: contacts, pageCap: cap).routes
      + CampaignOwnRoutes(resource: resource, contacts: contacts, jobs: jobs, pageCap: cap).routes
      + SimulationRoutes(
        simulator: campaigns.simulator(segments: { [segments] in segments.sets() }),
        clock: jobs.clock
      ).routes
  }

  private func contactRoutes(_ configuration: APIConfiguration) -> [Route] {
    let editor = ContactEditor(
      pool: postgres, fields: fields, tables: mergeTables, settings: contactSettings)
    return ContactRoutes(
      contacts: contacts, editor: editor, fields: fields, commands: searchCommands,
      clock: jobs.clock, pageCap: configuration.maximumPageSize
    ).routes
      + ContactListRoutes(fields: fields, postgres: postgres).routes
      + ContactActionRoutes(editor: editor, clock: jobs.clock).routes
      + ContactUTMRoutes(editor: editor, clock: jobs.clock).routes
      + ContactCompanyRoutes(
        contacts: contacts,
        companies: CompanyStore(pool: postgres, fields: fields, rules: records.companies)
      ).routes
  }
}
