import API
import Assets
import Campaigns
import Contacts
package import Exports
import Fields
import Forms
package import Imports
import JobQueue
import Mail
import OAuth
import Points
import Query
import Reports
import Runtime
import Segments
import Tracking
import Users
import Webhooks

/// The jobs that workers know, and the periodic ones.
enum Handlers {
  /// Every kind of job with its handler.
  static func registry(_ backends: Backends) -> JobRegistry {
    var registry = JobRegistry()
    let registries = backends.registries
    let places = PlaceLookup(settings: backends.settings, logger: backends.logger)
    ImportJobs.register(
      in: &registry, pool: backends.postgres, fields: FieldStore(pool: backends.postgres),
      activity: [MailActivityStatements.wasWrittenTo]
    ) { try await backends.importSettings() }
    ContactJobs.register(
      in: &registry, fields: FieldStore(pool: backends.postgres),
      actions: registries.bulkActions, commands: registries.searchCommands,
      segments: { SegmentMembership.members(of: $0) }, tables: registries.mergeTables,
      rule: { try await backends.duplicateRule() },
      companies: { try await backends.companyRules() },
      places: { try await places.places(of: $0) })
    SegmentJobs.register(
      in: &registry, cache: backends.segmentSets(), observers: [PointTriggerObserver()])
    PointJobs.register(in: &registry, actions: backends.pointTriggerActions)
    ExportJobs.register(
      in: &registry, fields: FieldStore(pool: backends.postgres),
      commands: registries.searchCommands
    ) {
      try await backends.exportSettings()
    }
    MailJobs.register(in: &registry, environment: backends.mail)
    TrackingJobs.register(in: &registry, environment: backends.tracking)
    FieldCreator.register(in: &registry, fields: FieldStore(pool: backends.postgres))
    CampaignJobs.register(in: &registry, backends.campaigns.runtime)
    FormJobs.register(
      in: &registry, runner: FormActionRunner(mail: backends.mail.dispatcher),
      observers: [CampaignFormObserver(backends.campaigns.members), FormWebhook()],
      allowsPrivateAddresses: { try await backends.settings.value(.webhookAllowPrivate) })
    AssetJobs.register(
      in: &registry,
      observers: [CampaignAssetObserver(campaigns: backends.campaigns.runtime)],
      objects: backends.objects)
    WebhookJobs.register(in: &registry, dispatcher: backends.webhooks)
    OAuthJobs.register(in: &registry)
    let users = UserStore(pool: backends.postgres, hasher: PasswordHasher())
    ReportJobs.register(
      in: &registry, store: backends.reports(fields: FieldStore(pool: backends.postgres)),
      reader: ReportReader(
        pool: backends.postgres, fields: FieldStore(pool: backends.postgres),
        tables: registries.statsTables, slots: ReadSlots()), site: backends.configuration.siteURL,
      user: { try await users.user($0) })
    AuditJobs.register(
      in: &registry,
      sealer: AuditSealer(
        signer: AuditSigner(secret: Backends.secret(backends.configuration)))
    ) { try await backends.settings.value(.auditRetentionDays) }
    ChangeJobs.register(in: &registry, jobs: backends.jobs)
    return registry
  }

  /// Jobs that schedulers enqueue periodically.
  static var periodic: [PeriodicJob] {
    ImportJobs.periodic + SegmentJobs.periodic + ExportJobs.periodic + PointJobs.periodic
      + MailJobs.periodic + CampaignJobs.periodic + WebhookJobs.periodic
      + AssetJobs.periodic + TrackingJobs.periodic + ContactJobs.periodic + ReportJobs.periodic
      + OAuthJobs.periodic + AuditJobs.periodic
  }
}

extension Backends {
  /// The operator's settings for imports.
  /// - Returns: The defaults with what `martlet settings` says.
  /// - Throws: The database's error.
  package func importSettings() async throws -> ImportSettings {
    var imports = ImportSettings()
    imports.parallelLimit = try await settings.value(.parallelImportLimit)
    imports.foregroundRows = try await settings.value(.backgroundImportRows)
    imports.sizeLimit = Int64(try await settings.value(.importSizeLimit))
    imports.timeZone = try await settings.value(.timeZone)
    imports.matchesAnyIdentifier = try await settings.value(.contactMatchesAnyIdentifier)
    imports.onEnd = { item, transaction in
      try await tell(ended: item, in: transaction)
    }
    return imports
  }

  /// The service for exports, with the search commands of all modules.
  package var exportService: ExportService {
    ExportService(
      jobs: jobs, fields: FieldStore(pool: postgres), commands: registries.searchCommands,
      settings: { try await exportSettings() })
  }

  /// The operator's settings for exports.
  /// - Returns: The defaults with what `martlet settings` says.
  /// - Throws: The database's error.
  package func exportSettings() async throws -> ExportSettings {
    var exports = ExportSettings()
    exports.days = try await settings.value(.exportDays)
    exports.limit = Int64(try await settings.value(.exportLimit))
    exports.timeZone = try await settings.value(.timeZone)
    exports.perUser = try await settings.value(.parallelExportLimit)
    exports.onReady = { export, transaction in
      try await tell(ready: export, in: transaction)
    }
    return exports
  }

  /// The API's limits.
  /// - Returns: The defaults with what `martlet settings` says.
  /// - Throws: The database's error.
  func apiSettings() async throws -> APIConfiguration {
    var api = APIConfiguration()
    api.requestsPerMinute = try await settings.value(.apiRateLimit)
    api.tokenRequestsPerMinute = try await settings.value(.apiTokenRateLimit)
    api.isEnabled = try await settings.value(.apiEnabled)
    api.allowsBasic = try await settings.value(.apiBasicEnabled)
    api.accessTokenSeconds = try await settings.value(.accessTokenMinutes) * 60
    api.refreshTokenSeconds = try await settings.value(.refreshTokenDays) * 86_400
    api.sessionIdleSeconds = try await settings.value(.sessionIdleMinutes) * 60
    api.formsPerMinute = try await settings.value(.formRateLimit)
    api.maximumPageSize = try await settings.value(.apiPageLimit)
    api.maximumUploadBytes = try await settings.value(.importSizeLimit)
    api.requestTimeout = configuration.requestTimeout
    api.drainTimeout = min(api.drainTimeout, configuration.drainTimeout)
    let (proxies, logger) = (trustedProxies, logger)
    api.trustedProxies = {
      do {
        return try await proxies.current()
      } catch {
        logger.debug("the trusted proxies could not be read", metadata: ["error": "\(error)"])
        return nil
      }
    }
    api.openID = try await openIDSettings()
    api.origins = { await allowedOrigins() }
    api.idempotencyHours = try await settings.value(.idempotencyHours)
    return api
  }
}
