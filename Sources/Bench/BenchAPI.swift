import API
import Assets
import Campaigns
import Contacts
import DynamicContents
import Exports
import Fields
import Forms
import Foundation
import Imports
import JobQueue
import Logging
import Mail
import Points
import Reports
import Segments
import Tracking
import Transfer
import Users

/// The API as clients reach it: a server on a free port, and connections that are kept open.
final class BenchAPI: Sendable {
  let port: Int
  /// What takes page hits.
  let tracking: TrackingEnvironment
  private let client = HTTPClient(concurrency: 16)

  private static let (user, password) = ("bench", "benchmark")

  private init(port: Int, tracking: TrackingEnvironment) {
    self.port = port
    self.tracking = tracking
  }

  /// Runs a server on the stage while the body runs.
  static func with<R: Sendable>(
    _ stage: BenchStage, isolation: isolated (any Actor)? = #isolation,
    _ body: (BenchAPI) async throws -> R
  ) async throws -> R {
    let hasher = PasswordHasher(cost: .least)
    let users = UserStore(pool: stage.postgres, hasher: hasher)
    try await users.add(
      NewUser(username: user, role: Role.administrators), password: password,
      now: stage.client.clock.now)
    let fields = FieldStore(pool: stage.postgres)
    let services = try services(
      stage, authenticator: Authenticator(store: users, hasher: hasher), users: users,
      fields: fields)
    var configuration = APIConfiguration()
    configuration.port = 0
    // All submissions come from one address.
    configuration.formsPerMinute = 0
    // Connections that are open at the shutdown are no error here.
    var quiet = stage.logger
    quiet.logLevel = .critical
    let (settings, logger) = (configuration, quiet)
    return try await BenchServer.with("the API") { listens in
      try await APIServer(
        configuration: settings, services: services, logger: logger, onListening: listens
      ).run()
    } _: {
      try await body(BenchAPI(port: $0, tracking: services.tracking))
    }
  }

  /// The services on the stage, with the settings of a new installation.
  private static func services(
    _ stage: BenchStage, authenticator: Authenticator, users: UserStore,
    fields: FieldStore
  ) throws -> APIServices {
    let (jobs, pool, logger) = (stage.client, stage.postgres, stage.logger)
    let campaigns = Campaigns(
      jobs: jobs, fields: fields, settings: { CampaignSettings(companies: CompanyRules()) },
      logger: logger)
    let tables =
      MergeTable.contacts + MergeTable.segments + MergeTable.imports + MergeTable.points
      + MergeTable.mail + MergeTable.campaigns + MergeTable.forms + MergeTable.tracking
    let contacts = ContactStore(pool: pool, fields: fields)
    let editor = ContactEditor(
      transactions: jobs.transactions, fields: fields, tables: tables)
    let merger = ContactMerger(
      fields: fields, tables: tables, companies: { CompanyRules() })
    let forms = FormStore(jobs: jobs, fields: fields)
    let site = MailSite(
      url: "https://mail.example.com", secret: String(repeating: "s", count: 32))
    let mail = try MailEnvironment(
      jobs: jobs, prefix: stage.prefix, fields: fields, site: site,
      settings: MailSettingsSource { MailSettings() },
      transport: "maildir:\(FileManager.default.temporaryDirectory.path)/\(stage.prefix)-api",
      logger: logger)
    let tracking = TrackingEnvironment(
      jobs: jobs, prefix: stage.prefix, fields: fields, tables: tables, site: site,
      settings: { TrackingSettings() }, companies: { CompanyRules() }, logger: logger)
    let slotFilters = SlotFilters(
      registry: .contacts, fields: fields, clock: jobs.clock, timeZone: { .gmt })
    return APIServices(
      jobs: jobs,
      operators: OperatorServices(periodic: [], findings: { [] }, clocks: { [] }),
      authenticator: authenticator, users: users,
      secondFactors: SecondFactorStore(transactions: jobs.transactions, secret: site.secret),
      fields: fields,
      fieldCreator: FieldCreator(jobs: jobs, fields: fields),
      contacts: contacts, contactEditor: editor, contactMerger: merger,
      bulk: BulkService(
        jobs: jobs, fields: fields, actions: BulkActions(), commands: [:],
        segments: { SegmentMembership.members(of: $0) }),
      searchCommands: [:], timeline: TimelineStore(pool: pool),
      companies: CompanyStore(
        transactions: jobs.transactions, fields: fields, rules: { CompanyRules() }),
      imports: ImportService(jobs: jobs, fields: fields, logger: logger),
      exports: ExportService(jobs: jobs, fields: fields, commands: [:]),
      segments: SegmentEditor(jobs: jobs, fields: fields),
      segmentWarnings: { SegmentWarnings() }, campaigns: campaigns,
      mail: mail, forms: forms,
      submitter: FormSubmitter(
        forms: forms, contacts: contacts, editor: editor,
        visitors: FormTracking(tracking, clock: jobs.clock),
        challenges: FormChallenges(signer: mail.linkSigner),
        confirmations: FormConfirmations(
          jobs: jobs, signer: mail.linkSigner, site: mail.siteURL),
        settings: { ContactSettings() }),
      tracking: tracking,
      dynamicContents: DynamicContentStore(jobs: jobs, filters: slotFilters),
      slots: DynamicSlots(
        jobs: jobs, fields: fields, filters: slotFilters, settings: { MailSettings() },
        observers: [], logger: logger),
      statsTables: [],
      reports: ReportStore(
        transactions: jobs.transactions, fields: fields, tables: [],
        timing: ReportTiming { .gmt }),
      assets: AssetServices(
        site: "https://bench.example.com",
        files: MediaFileStore(transactions: jobs.transactions) { AssetSettings() }),
      settings: SettingsService(list: { [] }, set: { _, _, _ in }))
  }

  /// A request without content, as bytes.
  func get(_ path: String) -> [UInt8] {
    Array("GET \(path) HTTP/1.1\r\nHost: bench\r\n\(Self.authorization)\r\n\r\n".utf8)
  }

  /// A request with JSON, as bytes.
  func send(_ method: String, _ path: String, _ json: String) -> [UInt8] {
    Array(
      """
      \(method) \(path) HTTP/1.1\r\nHost: bench\r\n\(Self.authorization)\r\n\
      Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)
      """.utf8)
  }

  private static let authorization =
    "Authorization: Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"

  /// A form as a script posts it, as bytes.
  func post(_ path: String, _ form: String, agent: String) -> [UInt8] {
    Array(
      """
      POST \(path) HTTP/1.1\r\nHost: bench\r\nUser-Agent: \(agent)\r\n\
      Content-Type: application/x-www-form-urlencoded\r\n\
      Content-Length: \(form.utf8.count)\r\n\r\n\(form)
      """.utf8)
  }

  /// Sends JSON and waits for the answer, which has to be 200.
  func patch(_ path: String, _ json: String) async throws {
    let credentials = Data("\(Self.user):\(Self.password)".utf8).base64EncodedString()
    let answer = try await client.send(
      HTTPCall(
        "PATCH", "http://127.0.0.1:\(port)\(path)",
        headers: [
          ("Authorization", "Basic \(credentials)"), ("Content-Type", "application/json"),
        ], body: Array(json.utf8), timeout: .seconds(60), maximumBody: 1 << 20,
        allowsPrivateAddresses: true))
    guard answer.status == 200 else {
      throw BenchError("PATCH \(path) was answered with \(answer.status)")
    }
  }
}
