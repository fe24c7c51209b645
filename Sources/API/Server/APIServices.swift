package import Campaigns
package import Contacts
package import DynamicContents
package import Exports
package import Fields
package import Forms
package import Imports
package import JobQueue
package import Mail
package import Query
package import Reports
package import Segments
package import Tracking
package import Users

/// Everything the API's resources call. The process that serves the API builds all of it.
package struct APIServices: Sendable {
  /// Jobs, queues and workers; its database, Redis and clock are the API's too.
  package var jobs: JobClient
  /// What operators are told of the installation.
  package var operators: OperatorServices
  /// Verifies user names and passwords.
  package var authenticator: Authenticator
  /// Users.
  package var users: UserStore
  /// Second factors of users.
  package var secondFactors: SecondFactorStore
  /// Definitions of fields.
  package var fields: FieldStore
  /// Creates fields.
  package var fieldCreator: FieldCreator
  /// Reads contacts.
  package var contacts: ContactStore
  /// Writes contacts.
  package var contactEditor: ContactEditor
  /// Merges contacts.
  package var contactMerger: ContactMerger
  /// Changes many contacts at once.
  package var bulk: BulkService
  /// Commands that modules add to the search for contacts.
  package var searchCommands: [String: SearchCommand]
  /// Contacts' history, from the sources of all modules.
  package var timeline: TimelineStore
  /// Companies.
  package var companies: CompanyStore
  /// Creates and controls imports.
  package var imports: ImportService
  /// Creates and controls exports.
  package var exports: ExportService
  /// Creates and changes segments.
  package var segments: SegmentEditor
  /// The limits past which a segment's rebuilds get a warning.
  package var segmentWarnings: @Sendable () async throws -> SegmentWarnings
  /// Campaigns.
  package var campaigns: Campaigns
  /// E-mails, and the pages their recipients see.
  package var mail: MailEnvironment
  /// Forms of websites.
  package var forms: FormStore
  /// Takes the submissions of forms.
  package var submitter: FormSubmitter
  /// Page hits, and who the visitors of pages are.
  package var tracking: TrackingEnvironment
  /// Dynamic contents of web pages.
  package var dynamicContents: DynamicContentStore
  /// Answers the slots of web pages.
  package var slots: DynamicSlots
  /// Tables of raw rows, from all modules.
  package var statsTables: [StatsTable]
  /// Reports.
  package var reports: ReportStore
  /// Uploaded files and assets.
  package var assets: AssetServices
  /// The settings of the product.
  package var settings: SettingsService

  /// Nothing is optional and nothing has a default: two processes that left out different parts would
  /// treat the same data differently.
  package init(
    jobs: JobClient, operators: OperatorServices, authenticator: Authenticator, users: UserStore,
    secondFactors: SecondFactorStore, fields: FieldStore,
    fieldCreator: FieldCreator,
    contacts: ContactStore, contactEditor: ContactEditor, contactMerger: ContactMerger,
    bulk: BulkService, searchCommands: [String: SearchCommand], timeline: TimelineStore,
    companies: CompanyStore, imports: ImportService, exports: ExportService,
    segments: SegmentEditor,
    segmentWarnings: @escaping @Sendable () async throws -> SegmentWarnings,
    campaigns: Campaigns, mail: MailEnvironment, forms: FormStore, submitter: FormSubmitter,
    tracking: TrackingEnvironment, dynamicContents: DynamicContentStore, slots: DynamicSlots,
    statsTables: [StatsTable], reports: ReportStore, assets: AssetServices,
    settings: SettingsService
  ) {
    self.jobs = jobs
    self.operators = operators
    self.authenticator = authenticator
    self.users = users
    self.secondFactors = secondFactors
    self.fields = fields
    self.fieldCreator = fieldCreator
    self.contacts = contacts
    self.contactEditor = contactEditor
    self.contactMerger = contactMerger
    self.bulk = bulk
    self.searchCommands = searchCommands
    self.timeline = timeline
    self.companies = companies
    self.imports = imports
    self.exports = exports
    self.segments = segments
    self.segmentWarnings = segmentWarnings
    self.campaigns = campaigns
    self.mail = mail
    self.forms = forms
    self.submitter = submitter
    self.tracking = tracking
    self.dynamicContents = dynamicContents
    self.slots = slots
    self.statsTables = statsTables
    self.reports = reports
    self.assets = assets
    self.settings = settings
  }

  /// The limits of requests, logins and submissions, over all processes.
  var rateLimits: RateLimits {
    RateLimits(redis: jobs.redis) { [jobs] in jobs.key("limits", $0) }
  }
}
