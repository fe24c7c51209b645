import Assets
import Campaigns
import Channels
import Contacts
import Fields
import Focus
import Forms
import JobQueue
import Mail
import OAuth
import OpenID
import Pages
import Points
import Postgres
import Reports
import Segments
import Themes
import Tracking
import Users
import Webhooks

/// Composes the routes of every resource, each from the services it needs.
struct APIRoutes {
  let services: APIServices
  let configuration: APIConfiguration
  let access: AccessControl
  /// Where a user comes to who logs in for nothing else.
  let home: String
  private let rateLimits: RateLimits
  /// Makes landing pages, also those that are preference centres.
  private let pageMaker: PageMaker

  /// - Parameter access: The control of access that the server has, whose limits of guessing count for logins in a
  ///   browser too; nil for one like it.
  init(
    services: APIServices, configuration: APIConfiguration, access: AccessControl? = nil,
    home: String = ReturnPath.account
  ) {
    self.home = home
    self.access = access ?? AccessControl(services: services, configuration: configuration)
    rateLimits = services.rateLimits
    self.services = services
    self.configuration = configuration
    pageMaker = PageMaker(
      pool: services.jobs.postgres, contacts: services.contacts, fields: services.fields,
      forms: services.forms, assets: AssetStore(transactions: services.jobs.transactions),
      site: services.mail.siteURL)
  }

  private var sessions: BrowserSessions {
    BrowserSessions(services: services, configuration: configuration)
  }
  private var jobs: JobClient { services.jobs }
  private var postgres: PostgresPool { jobs.postgres }
  private var clock: WallClock { jobs.clock }
  private var pageCap: Int { configuration.maximumPageSize }

  /// Every route of the API.
  var all: [Route] {
    let routes =
      operationRoutes + contactRoutes + historyRoutes + recordRoutes + segmentRoutes
      + campaignRoutes + pointRoutes + mailRoutes + formRoutes
      + transferRoutes
      + oauthRoutes
      + webhookRoutes + assetRoutes + slotRoutes + focusRoutes + pageRoutes + channelRoutes
      + reportRoutes
      + ThemeRoutes(themes: ThemeStore(transactions: jobs.transactions), clock: clock).routes
    let owners = RecordOwnerStore(pool: postgres)
    let guarded = routes.map { $0.guarded(by: owners).followingMerges(on: postgres) }
    let tools = MCPRoutes(
      caller: RouteCaller(table: RouteTable(guarded)), origins: configuration.origins,
      version: configuration.version
    ).routes
    let document = OpenAPIRoutes(routes: guarded + tools, version: configuration.version)
    return guarded + tools + document.routes
  }

  /// Health, users, jobs, queues and statistics.
  private var operationRoutes: [Route] {
    let roles = RoleStore(transactions: jobs.transactions)
    return HealthRoutes(postgres: postgres, jobs: jobs, version: configuration.version).routes
      + UserRoutes(users: services.users, roles: roles, clock: clock, pageCap: pageCap).routes
      + OwnSessionRoutes(sessions: sessions.store).routes
      + [OwnProfileRoute(users: services.users, access: access, clock: clock).route]
      + UserResource(store: services.users, clock: clock, pageCap: pageCap).routes
      + RoleResource(store: roles, clock: clock, pageCap: pageCap).routes
      + AuditRoutes(log: AuditLogStore(pool: postgres), pageCap: pageCap).routes
      + SettingRoutes(settings: services.settings).routes
      + LatestHitRoutes(hits: LatestHitStore(pool: postgres), backlog: services.tracking.backlog)
      .routes
      + JobRoutes(jobs: jobs, pageCap: pageCap).routes
      + QueueRoutes(jobs: jobs, pageCap: pageCap).routes
      + JobOverviewRoutes(jobs: jobs, pageCap: pageCap).routes
      + PeriodicRoutes(services: services.operators, jobs: jobs).routes
      + ServerRoutes(services: services.operators, jobs: jobs).routes
      + DoctorRoutes(services: services.operators, clock: clock).routes
      + StatsRoutes(
        store: StatsStore(pool: postgres), tables: services.statsTables,
        backlog: services.tracking.backlog, pageCap: pageCap
      ).routes
  }

  /// Logins of applications, and of users in browsers.
  private var oauthRoutes: [Route] {
    let (transactions, site) = (jobs.transactions, services.mail.siteURL)
    let clients = ClientStore(transactions: transactions)
    let grants = GrantStore(
      transactions: transactions,
      limits: TokenLimits(
        access: configuration.accessTokenSeconds, refresh: configuration.refreshTokenSeconds))
    let clientResource = ClientResource(store: clients, clock: clock, pageCap: pageCap)
    let openID = configuration.openID
    let login = UserLogin(
      sessions: sessions, access: access,
      users: services.users, factors: services.secondFactors,
      openID: openID.map { OpenIDLink(settings: $0) }, home: home)
    return TokenRoutes(
      grants: grants, login: ClientLogin(clients: clients, access: access), access: access,
      site: site
    ).routes
      + AuthorizeRoutes(clients: clients, grants: grants, login: login).routes
      + AccountRoutes(login: login).routes + TwoFactorRoutes(login: login, site: site).routes
      + OpenIDRoutes(
        provider: openID.map {
          OpenIDLogin(
            $0, callback: site + OpenIDRoutes.callback, users: services.users,
            transactions: transactions)
        }, login: login, site: site
      ).routes
      + clientResource.routes + ClientGrantRoutes(resource: clientResource).routes
      + APITokenRoutes(
        tokens: APITokenStore(transactions: transactions), users: services.users, pageCap: pageCap
      ).routes
  }

  private var contactRoutes: [Route] {
    ContactRoutes(
      contacts: services.contacts, editor: services.contactEditor, fields: services.fields,
      commands: services.searchCommands, clock: clock, pageCap: pageCap
    ).routes
      + ContactListRoutes(fields: services.fields, postgres: postgres).routes
      + ContactActionRoutes(editor: services.contactEditor, clock: clock).routes
      + ContactUTMRoutes(editor: services.contactEditor, clock: clock).routes
      + ContactCompanyRoutes(contacts: services.contacts, companies: services.companies).routes
      + MergeRoutes(
        merger: services.contactMerger, contacts: services.contacts,
        transactions: jobs.transactions, clock: clock
      ).routes
      + BulkRoutes(bulk: services.bulk, jobs: jobs).routes
  }

  /// Notes, devices and the timeline.
  private var historyRoutes: [Route] {
    let notes = NoteResource(
      notes: NoteStore(transactions: jobs.transactions), contacts: services.contacts, clock: clock,
      pageCap: pageCap)
    let devices = DeviceResource(
      devices: DeviceStore(transactions: jobs.transactions), contacts: services.contacts,
      clock: clock,
      pageCap: pageCap)
    return notes.routes + devices.routes
      + HistoryRoutes(
        timeline: services.timeline, backlog: services.tracking.backlog,
        contacts: services.contacts, notes: notes, devices: devices, clock: clock, pageCap: pageCap
      ).routes
  }

  /// Fields, companies, tags, stages and categories.
  private var recordRoutes: [Route] {
    let stages = StageStore(transactions: jobs.transactions)
    var routes = FieldObject.allCases.flatMap { object in
      FieldResource(
        object: object, fields: services.fields, creator: services.fieldCreator, clock: clock,
        pageCap: pageCap
      ).routes
    }
    routes +=
      CompanyResource(
        companies: services.companies, fields: services.fields, clock: clock, pageCap: pageCap
      ).routes
    routes += CompanyMemberRoutes(companies: services.companies, clock: clock).routes
    routes +=
      TagResource(tags: TagStore(transactions: jobs.transactions), clock: clock, pageCap: pageCap)
      .routes
    routes += StageResource(store: stages, clock: clock, pageCap: pageCap).routes
    routes += StageStatisticsRoutes(stages: stages, clock: clock).routes
    routes +=
      CategoryResource(
        store: CategoryStore(transactions: jobs.transactions, tables: ["segments"]),
        clock: clock,
        pageCap: pageCap
      )
      .routes
    return routes
  }

  private var segmentRoutes: [Route] {
    let store = SegmentStore(pool: postgres)
    return SegmentResource(store: store, editor: services.segments, pageCap: pageCap).routes
      + SegmentMemberRoutes(store: store, members: SegmentMembers(jobs: jobs)).routes
      + SegmentFilterRoutes(editor: services.segments).routes
      + SegmentOwnRoutes(
        store: store, editor: services.segments, contacts: services.contacts, jobs: jobs,
        warnings: services.segmentWarnings
      ).routes
  }

  private var campaignRoutes: [Route] {
    let (campaigns, contacts) = (services.campaigns, services.contacts)
    let resource = CampaignResource(
      campaigns: campaigns, segments: SegmentStore(pool: postgres), forms: services.forms,
      pageCap: pageCap)
    return resource.routes
      + CampaignMemberRoutes(campaigns: campaigns, contacts: contacts, pageCap: pageCap).routes
      + CampaignEventRoutes(campaigns: campaigns, contacts: contacts, pageCap: pageCap).routes
      + CampaignOwnRoutes(resource: resource, contacts: contacts, jobs: jobs, pageCap: pageCap)
      .routes
      + CampaignDocumentRoutes(resource: resource).routes
      + CampaignScheduleRoutes(campaigns: campaigns, pageCap: pageCap).routes
      + SimulationRoutes(
        simulator: campaigns.simulator(segments: { [segments = services.segments] in
          segments.sets()
        }), clock: clock
      ).routes
  }

  /// Point actions, triggers, groups and scores.
  private var pointRoutes: [Route] {
    let groups = PointGroupStore(jobs: jobs)
    let triggers = PointTriggerResource(
      store: PointTriggerStore(jobs: jobs), clock: clock, pageCap: pageCap)
    return PointActionResource(
      store: PointActionStore(transactions: jobs.transactions), clock: clock, pageCap: pageCap
    ).routes
      + [PointActionResource.types] + triggers.routes + triggers.eventRoutes
      + PointGroupResource(store: groups, clock: clock, pageCap: pageCap).routes
      + GroupScoreRoutes(groups: groups, contacts: services.contacts, clock: clock).routes
  }

  /// E-mails, and what their links lead to.
  private var mailRoutes: [Route] {
    let (mail, emails, editor) = (
      services.mail, EmailStore(pool: postgres), EmailEditor(jobs: jobs)
    )
    let visitors = MailVisitors(tracker: services.tracking.tracker, mail: mail)
    return EmailResource(emails: emails, editor: editor, pageCap: pageCap).routes
      + EmailRoutes(
        environment: mail, emails: emails, editor: editor, contacts: services.contacts,
        broadcasts: Broadcasts(jobs: jobs, dispatcher: mail.dispatcher), postgres: postgres
      ).routes + EmailTrialRoutes(environment: mail, emails: emails).routes
      + EmailFigureRoutes(emails: emails, postgres: postgres, clock: jobs.clock).routes
      + TrackingRoutes(environment: mail, visitors: visitors).routes
      + UnsubscribeRoutes(
        environment: mail, emails: emails,
        pages: PreferenceCenterPages(finder: PageFinder(pool: postgres), maker: pageMaker),
        visitors: visitors
      ).routes
      + PageTrackingRoutes(
        environment: services.tracking, clock: clock, origins: configuration.origins
      ).routes
      + VideoRoutes(tracker: services.tracking.tracker, clock: clock).routes
      + MessageRoutes(taker: services.tracking.messages, clock: clock).routes
  }

  /// Forms, their submissions, and what websites show of them.
  private var formRoutes: [Route] {
    let resource = FormResource(
      forms: services.forms, fields: services.fields, site: services.mail.siteURL, clock: clock,
      pageCap: pageCap)
    let uploads = FormUploads(forms: services.forms, files: services.assets.files)
    return resource.routes + resource.partRoutes
      + SubmissionRoutes(
        forms: services.forms, submissions: SubmissionStore(pool: postgres),
        contacts: services.contacts, confirmations: services.submitter.confirmations,
        files: services.assets.files, exports: services.exports, clock: clock, pageCap: pageCap
      ).routes
      + FormConfirmRoutes(
        confirmations: services.submitter.confirmations, downloads: formDownloads, clock: clock
      ).routes
      + FormSubmitRoutes(
        forms: services.forms, submitter: services.submitter, uploads: uploads,
        downloads: formDownloads,
        tracker: services.tracking.tracker, clock: clock,
        limits: rateLimits, limit: .perMinute(configuration.formsPerMinute)
      ).routes
      + CompanyLookupRoutes(
        forms: services.forms, postgres: postgres, clock: clock,
        limits: rateLimits, limit: .perMinute(configuration.formsPerMinute * 10)
      ).routes
      + FormPageRoutes(
        forms: services.forms, submitter: services.submitter, fields: services.fields,
        site: services.mail.siteURL, clock: clock
      ).routes
  }

  /// The assets that forms give.
  private var formDownloads: FormDownloads {
    FormDownloads(
      assets: AssetStore(transactions: jobs.transactions), pool: postgres,
      signer: services.mail.linkSigner, site: services.assets.site)
  }

  /// Uploaded files, and what visitors download.
  private var assetRoutes: [Route] {
    let store = AssetStore(transactions: jobs.transactions)
    let mail = services.mail
    return AssetResource(
      store: store, site: services.assets.site, clock: clock, pageCap: pageCap
    ).routes
      + FileRoutes(services: services.assets, uploadLimit: configuration.maximumUploadBytes).routes
      + DownloadRoutes(
        assets: store, files: services.assets.files, jobs: jobs,
        openReference: { text in mail.clickthrough(text).map { ($0.hash, $0.contact) } },
        submission: { [formDownloads] in try await formDownloads.origin(of: $0) },
        visitor: { [resolver = services.tracking.tracker.resolver, clock] in
          try await AssetVisitor($0, resolver, at: clock.now)
        }
      ).routes
  }

  /// Landing pages.
  private var pageRoutes: [Route] {
    PageResource(
      store: PageStore(transactions: jobs.transactions), clock: clock, pageCap: pageCap
    ).routes
      + PageRoutes(
        finder: PageFinder(pool: postgres), maker: pageMaker, tracker: services.tracking.tracker,
        clock: clock
      ).routes
  }

  /// Dynamic contents, and the slots of web pages that show them.
  private var slotRoutes: [Route] {
    DynamicContentResource(store: services.dynamicContents, clock: clock, pageCap: pageCap)
      .routes
      + SlotRoutes(tracker: services.tracking.tracker, slots: services.slots, clock: clock).routes
  }

  /// Focus items, and the scripts that show them.
  private var focusRoutes: [Route] {
    let items = FocusStore(transactions: jobs.transactions)
    let site = services.mail.siteURL
    let resource = FocusResource(store: items, site: site, clock: clock, pageCap: pageCap)
    return resource.routes + [resource.scriptRoute]
      + FocusRoutes(
        items: items, tracker: services.tracking.tracker, site: site, clock: clock
      ).routes
  }

  /// Texts for telephones, notifications and tweets, and the messages that join channels.
  private var channelRoutes: [Route] {
    let transactions = jobs.transactions
    let smses = SMSResource(
      store: SMSStore(transactions: transactions), clock: clock, pageCap: pageCap)
    return smses.routes + [smses.sendRoute]
      + PushNotificationResource(
        store: PushNotificationStore(transactions: transactions), clock: clock, pageCap: pageCap
      ).routes
      + TweetResource(
        store: TweetStore(transactions: transactions), clock: clock, pageCap: pageCap
      ).routes
      + MarketingMessageResource(
        store: MarketingMessageStore(transactions: transactions), clock: clock, pageCap: pageCap
      ).routes
  }

  private var webhookTrial: WebhookTrial {
    WebhookTrial(origin: services.mail.siteURL) { [campaigns = services.campaigns] in
      WebhookSettings(allowsPrivateAddresses: try await campaigns.allowsPrivateWebhooks)
    }
  }

  private var webhookRoutes: [Route] {
    let resource = WebhookResource(
      store: WebhookStore(jobs: jobs), clock: clock, pageCap: pageCap)
    return resource.routes
      + WebhookRoutes(
        resource: resource, jobs: jobs, trial: webhookTrial, pageCap: pageCap
      ).routes
  }

  /// Reports, and the figures of dashboards.
  private var reportRoutes: [Route] {
    let (store, backlog) = (services.reports, services.tracking.backlog)
    let slots = ReadSlots()
    let reader = ReportReader(
      pool: postgres, fields: services.fields, tables: services.statsTables, slots: slots)
    return ReportResource(store: store, clock: clock, pageCap: pageCap).recordRoutes
      + ReportRoutes(
        store: store, reader: reader, exports: services.exports, backlog: backlog, clock: clock
      ).routes
      + DataRoutes(
        widgets: WidgetReader(pool: postgres, slots: slots), reports: store, rows: reader,
        backlog: backlog,
        clock: clock
      ).routes
  }

  /// Imports and exports.
  private var transferRoutes: [Route] {
    ImportRoutes(
      imports: services.imports, clock: clock, pageCap: pageCap,
      uploadLimit: configuration.maximumUploadBytes
    ).routes
      + ExportRoutes(exports: services.exports, pageCap: pageCap).routes
  }
}
