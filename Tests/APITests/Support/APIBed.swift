import Assets
import Campaigns
import Channels
import Contacts
import DynamicContents
import Exports
import Fields
import Focus
import Forms
import Foundation
import Imports
import JobQueue
import Logging
import Mail
import OAuth
import ObjectStore
import OpenID
import Pages
import Points
import Postgres
import Primitives
import Query
import Redis
import Reports
import Segments
import Synchronization
import TestSchema
import TestSupport
import Themes
import Tracking
import Users
import Webhooks

@testable import API

/// The whole API on its own database and Redis prefix, over real sockets. Users: `admin`, an
/// administrator, and `kim`, each with the password `secret`.
struct APIBed: Sendable {
  let server: TestServer
  let pool: PostgresPool
  let jobs: JobClient
  let fields: FieldStore
  let imports: ImportService
  let mail: MailEnvironment
  let tracking: TrackingEnvironment
  let campaigns: Campaigns
  let contacts: ContactStore
  let companies: CompanyStore
  /// The first parts of the paths of all routes.
  let beginnings: Set<String>
  /// All routes.
  let routes: [Route]

  static let migrations =
    JobQueueSchema.migrations + UsersMigrations.all + OAuthMigrations.all
    + ContactsMigrations.all + AuditMigrations.all
    + SegmentsMigrations.all + ImportMigrations.all + ExportsMigrations.all + APIMigrations.all
    + PointsMigrations.all + MailMigrations.all + CampaignsMigrations.all + FormsMigrations.all
    + WebhooksMigrations.all + AssetsMigrations.all + TrackingMigrations.all + PagesMigrations.all
    + DynamicContentsMigrations.all + FocusMigrations.all + ChannelsMigrations.all
    + ThemesMigrations.all + ReportsMigrations.all + OpenIDMigrations.all

  /// The tables whose rows a merge moves, as the product registers them.
  private static let mergeTables =
    MergeTable.contacts + MergeTable.segments + MergeTable.imports + MergeTable.points
    + MergeTable.mail + MergeTable.campaigns + MergeTable.forms + MergeTable.assets
    + MergeTable.tracking + MergeTable.dynamicContents + MergeTable.focus
  /// The tables of raw rows, as the product registers them.
  private static let statsTables =
    StatsTable.contacts + StatsTable.segments + StatsTable.points + StatsTable.mail
    + StatsTable.campaigns + StatsTable.forms + StatsTable.webhooks + StatsTable.assets
    + StatsTable.tracking + StatsTable.dynamicContents + StatsTable.focus
  /// The search commands that the product registers.
  private static let commands = SegmentSearch.commands.merging(ImportSearch.commands) { $1 }
    .merging(MailSearch.commands) { $1 }.merging(CampaignSearch.commands) { $1 }
  var commands: [String: SearchCommand] { Self.commands }
  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Runs the API while the body runs; with a worker, imports are done meanwhile.
  static func with(
    configuration: APIConfiguration = APIConfiguration(),
    contactSettings: ContactSettings = ContactSettings(),
    mailSettings: MailSettings = MailSettings(),
    trackingSettings: TrackingSettings = TrackingSettings(), withWorker: Bool = false,
    timeZone: TimeZone = .gmt, objects: ObjectStore? = nil,
    _ body: @escaping @Sendable (APIBed) async throws -> Void
  ) async throws {
    let redis = try TestRedis()
    try await TestDatabase.with(migrations: migrations, maximumConnections: 12) { database in
      let jobs = JobClient(
        redis: redis.connection, postgres: database.pool, prefix: redis.prefix, logger: logger)
      do {
        try await run(
          jobs, redis.prefix, configuration, contactSettings, mailSettings, trackingSettings,
          withWorker: withWorker, timeZone, objects, body)
      } catch {
        try await redis.cleanup()
        throw error
      }
      try await redis.cleanup()
    }
  }

  private static func run(
    _ jobs: JobClient, _ prefix: String, _ configuration: APIConfiguration,
    _ contactSettings: ContactSettings, _ mailSettings: MailSettings,
    _ trackingSettings: TrackingSettings, withWorker: Bool, _ timeZone: TimeZone,
    _ objects: ObjectStore?,
    _ body: @escaping @Sendable (APIBed) async throws -> Void
  ) async throws {
    let pool = jobs.postgres
    let hasher = PasswordHasher(cost: .least)
    let users = UserStore(pool: pool, hasher: hasher)
    try await users.add(
      NewUser(
        username: "admin", email: "ada@example.com", firstName: "Ada", lastName: "Admin",
        role: Role.administrators), password: "secret", now: Date())
    try await users.add(NewUser(username: "kim"), password: "secret", now: Date())
    let fields = FieldStore(pool: pool, uses: [.segments, .campaigns, .forms])
    var filters = FilterRegistry.contacts
    filters.addCampaigns()
    let campaigns = Campaigns(
      jobs: jobs, fields: fields,
      settings: {
        var settings = CampaignSettings(companies: CompanyRules())
        settings.allowsPrivateWebhooks = true
        return settings
      }, logger: logger)
    let imports = ImportService(jobs: jobs, fields: fields, logger: logger)
    let folder = FileManager.default.temporaryDirectory.appending(path: prefix).path
    defer {
      // A leftover temporary folder is harmless.
      try? FileManager.default.removeItem(atPath: folder)
    }
    let visitors = LaterTracking()
    let mail = try MailEnvironment(
      jobs: jobs, prefix: prefix, fields: fields,
      site: MailSite(url: "https://mail.example.com", secret: String(repeating: "s", count: 32)),
      settings: MailSettingsSource { mailSettings }, transport: "maildir:\(folder)",
      observers: [TrackingMailObserver { visitors.value }],
      objects: ObjectAddresses(
        pages: {
          try await PageStore.slugs(of: $0, on: $1).mapValues { "https://mail.example.com/\($0)" }
        },
        assets: {
          try await AssetStore.slugs(of: $0, on: $1).mapValues {
            "https://mail.example.com/asset/\($0)"
          }
        }), logger: logger)
    let tracking = TrackingEnvironment(
      jobs: jobs, prefix: prefix, fields: fields, tables: mergeTables,
      site: MailSite(url: "https://mail.example.com", secret: String(repeating: "s", count: 32)),
      settings: { trackingSettings }, companies: { contactSettings.companies },
      observers: [CampaignPageObserver { campaigns.runtime }], counter: PageVisitStore(),
      freshness: .zero, patience: .seconds(300), logger: logger)
    visitors.value = tracking
    let commands = Self.commands
    let contacts = ContactStore(pool: pool, fields: fields)
    let editor = ContactEditor(
      transactions: jobs.transactions, fields: fields, tables: mergeTables,
      settings: { contactSettings })
    let merger = ContactMerger(
      fields: fields, tables: mergeTables, companies: { contactSettings.companies })
    let forms = FormStore(jobs: jobs, fields: fields)
    let slotFilters = SlotFilters(
      registry: filters, fields: fields, clock: jobs.clock, timeZone: { timeZone })
    let services = APIServices(
      jobs: jobs, operators: Self.operators,
      authenticator: Authenticator(store: users, hasher: hasher), users: users,
      secondFactors: SecondFactorStore(
        transactions: jobs.transactions, secret: String(repeating: "s", count: 32)),
      fields: fields,
      fieldCreator: FieldCreator(jobs: jobs, fields: fields),
      contacts: contacts, contactEditor: editor, contactMerger: merger,
      bulk: BulkService(
        jobs: jobs, fields: fields,
        actions: BulkActions([SegmentsBulkAction(), CampaignsBulkAction(campaigns.members)]),
        commands: commands, segments: { SegmentMembership.members(of: $0) }),
      searchCommands: commands,
      timeline: TimelineStore(
        pool: pool,
        sources: TimelineSource.contacts + [.segmentMembership, ImportTimeline.source]
          + TimelineSource.mail + [.pageHits, .videoHits, .events]
          + TimelineSource.campaigns + TimelineSource.forms + TimelineSource.assets
          + TimelineSource.dynamicContents),
      companies: CompanyStore(
        transactions: TransactionRunner(pool), fields: fields, rules: { CompanyRules() }),
      imports: imports,
      exports: ExportService(jobs: jobs, fields: fields, commands: SegmentSearch.commands),
      segments: SegmentEditor(
        jobs: jobs, fields: fields, registry: filters,
        uses: [.campaigns, .campaignEvents, .emails, .forms, .pointTriggers]),
      segmentWarnings: { SegmentWarnings() }, campaigns: campaigns, mail: mail,
      forms: forms,
      submitter: FormSubmitter(
        forms: forms, contacts: contacts, editor: editor,
        visitors: FormTracking(tracking, clock: jobs.clock),
        challenges: FormChallenges(signer: mail.linkSigner),
        confirmations: FormConfirmations(
          jobs: jobs, signer: mail.linkSigner, site: mail.siteURL),
        settings: { contactSettings }),
      tracking: tracking,
      dynamicContents: DynamicContentStore(jobs: jobs, filters: slotFilters),
      slots: DynamicSlots(
        jobs: jobs, fields: fields, filters: slotFilters, settings: { mailSettings },
        observers: [CampaignSlotObserver { campaigns.runtime }], logger: logger),
      statsTables: Self.statsTables,
      reports: ReportStore(
        transactions: jobs.transactions, fields: fields, tables: Self.statsTables,
        timing: ReportTiming { timeZone }),
      assets: AssetServices(
        site: "https://martlet.example.com",
        files: MediaFileStore(transactions: jobs.transactions, objects: objects) { AssetSettings() }
      ), settings: SomeSettings().service)
    var configuration = configuration
    configuration.port = 0
    let routes = APIRoutes(services: services, configuration: configuration).all
    let (ports, port) = AsyncStream<Int>.makeStream()
    let server = APIServer(
      configuration: configuration, services: services, logger: logger,
      onListening: { port.yield($0) })
    let contract = ContractCheck(routes)
    try await TestServer.running(server, on: ports) { server in
      var server = server
      server.contract = contract
      let bed = APIBed(
        server: server, pool: pool, jobs: jobs, fields: fields, imports: imports, mail: mail,
        tracking: tracking, campaigns: campaigns, contacts: services.contacts,
        companies: services.companies, beginnings: RouteTable(routes).beginnings, routes: routes)
      guard withWorker else { return try await body(bed) }
      try await bed.withWorker(timeZone) { try await body(bed) }
    }
  }

  /// A periodic job, a doctor with a warning, and a server whose clock is a second ahead.
  private static let operators = OperatorServices(
    periodic: [PeriodicJob("test.hourly", .every(.seconds(3600))) { _ in HourlyWork() }],
    findings: {
      [
        .init(level: "ok", check: "schema", found: "up to date", mend: nil),
        .init(level: "warning", check: "workers", found: "none", mend: "start one"),
      ]
    },
    clocks: { [.init(server: "Redis", seconds: 1, uncertainty: 0.1)] })

  /// Runs a worker while the body runs.
  private func withWorker(
    _ timeZone: TimeZone, _ body: @escaping @Sendable () async throws -> Void
  ) async throws {
    var registry = JobRegistry()
    var importSettings = ImportSettings()
    importSettings.timeZone = timeZone
    ImportJobs.register(in: &registry, pool: pool, fields: fields, settings: importSettings)
    var exportSettings = ExportSettings()
    exportSettings.timeZone = timeZone
    ExportJobs.register(in: &registry, fields: fields, commands: SegmentSearch.commands) {
      [exportSettings] in exportSettings
    }
    ContactJobs.register(
      in: &registry, fields: fields,
      actions: BulkActions([SegmentsBulkAction(), CampaignsBulkAction(campaigns.members)]),
      commands: SegmentSearch.commands.merging(CampaignSearch.commands) { $1 },
      segments: { SegmentMembership.members(of: $0) }, tables: Self.mergeTables,
      companies: { CompanyRules() })
    CampaignJobs.register(in: &registry, campaigns.runtime)
    MailJobs.register(in: &registry, environment: mail)
    FormJobs.register(
      in: &registry, runner: FormActionRunner(mail: mail.dispatcher),
      observers: [CampaignFormObserver(campaigns.members), FormWebhook()],
      allowsPrivateAddresses: { true })
    AssetJobs.register(in: &registry, observers: [], objects: nil)
    TrackingJobs.register(in: &registry, environment: tracking)
    let worker = Worker(
      client: jobs, registry: registry,
      configuration: WorkerConfiguration(
        queues: [
          WorkerQueue(ImportJobs.queue), WorkerQueue(ExportJobs.queue),
          WorkerQueue(ContactJobs.queue), WorkerQueue(CampaignJobs.queue),
          WorkerQueue(MailQueues.normal), WorkerQueue(MailQueues.first),
          WorkerQueue(MailQueues.bulk), WorkerQueue(FormJobs.queue), WorkerQueue(AssetJobs.queue),
          WorkerQueue(TrackingQueue.name),
        ], concurrency: 2, drainTimeout: .seconds(1)),
      middleware: [], logger: Self.logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      group.addTask { [mail] in await EngagementWaker(environment: mail).run() }
      group.addTask { [tracking] in await tracking.waker.run() }
      group.addTask { try await body() }
      try await group.next()
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  /// Waits for an import to end, asking the API as a client does.
  func end(of id: Int) async throws -> API.JSONValue {
    var last = API.JSONValue.null
    _ = try await eventually(within: .seconds(60)) {
      last = try await server.request("GET", "/api/imports/\(id)").json["import"] ?? .null
      return last["statusName"] == "imported" || last["statusName"] == "failed"
    }
    return last
  }
}

/// A reference to tracking, which is created after mail.
private final class LaterTracking: Sendable {
  private let held = Mutex<TrackingEnvironment?>(nil)

  var value: TrackingEnvironment {
    get {
      guard let environment = held.withLock({ $0 }) else {
        preconditionFailure("mail was clicked before there was tracking")
      }
      return environment
    }
    set { held.withLock { $0 = newValue } }
  }
}

/// What ``APIBed`` has schedulers enqueue.
struct HourlyWork: DurableJob {
  static let name = "test.hourly"
  static let queue = "tests"
  static let options = JobOptions()
}
