import API
import Campaigns
import Contacts
import Fields
import JobQueue
import Logging
import Mail
import Pages
import Runtime
import Tracking

extension Backends {
  /// Tracking in this process: its settings, fields and devices are shared by all requests.
  static func makeTracking(
    _ configuration: ProcessConfiguration, jobs: JobClient, tables: [MergeTable],
    agents: AgentReader,
    settings: CachedValue<TrackingSettings>,
    companies: @escaping @Sendable () async throws -> CompanyRules,
    campaigns: DeferredReference<CampaignService>, logger: Logger
  ) -> TrackingEnvironment {
    TrackingEnvironment(
      jobs: jobs, prefix: configuration.redisPrefix, fields: FieldStore(pool: jobs.postgres),
      tables: tables,
      site: MailSite(
        url: configuration.siteURL, secret: secret(configuration)),
      agents: agents, settings: { try await settings.current() }, companies: companies,
      // Campaigns depend on tracking, and tracking tells campaigns what was visited.
      observers: [CampaignPageObserver { campaigns.value }, WebhookPageObserver()],
      counter: PageVisitStore(), logger: logger)
  }

  /// The operator's settings for tracking.
  static func trackingSettings(_ settings: Settings) async throws -> TrackingSettings {
    var tracking = TrackingSettings()
    tracking.tracksByAddress = try await settings.value(.trackContactByIP)
    tracking.tracksByURL = try await settings.value(.trackByTrackingURL)
    tracking.anonymizesAddresses = try await settings.value(.anonymizeIP)
    tracking.tracksPrivateAddresses = try await settings.value(.trackPrivateRanges)
    tracking.dropsPrivateAddresses = try await settings.value(.ignorePrivateRanges)
    tracking.excludedAddresses =
      list(try await settings.value(.ignoredAddresses))
      + list(try await settings.value(.internalAddresses))
    tracking.excludedAgents = list(try await settings.value(.ignoredAgents))
    tracking.restrictsOrigins = try await settings.value(.corsRestrictDomains)
    tracking.allowedOrigins = list(try await settings.value(.corsValidDomains))
    tracking.cookiePath = try await settings.value(.cookiePath)
    tracking.cookieDomain = try await settings.value(.cookieDomain)
    tracking.hasSecureCookies = try await settings.value(.cookieSecure)
    tracking.hidesCookies = try await settings.value(.cookieHTTPOnly)
    tracking.matchesAnyIdentifier =
      try await settings.value(.contactIdentifiersOperator) == "OR"
    tracking.privacySignal =
      PrivacySignal(rawValue: try await settings.value(.privacySignals)) ?? .anonymous
    tracking.obeysDoNotTrack = try await settings.value(.obeyDoNotTrack)
    tracking.hitDays = try await settings.value(.pageHitDays)
    tracking.deviceDays = try await settings.value(.deviceDays)
    tracking.services = try await pageServices(settings)
    return tracking
  }

  private static func pageServices(_ settings: Settings) async throws -> PageServices {
    var services = PageServices()
    services.analytics.id = try await settings.value(.analyticsID)
    services.analytics.onTrackedPages = try await settings.value(.analyticsOnTrackedPages)
    services.analytics.onLandingPages = try await settings.value(.analyticsOnLandingPages)
    services.anonymizesAddresses = try await settings.value(.analyticsAnonymizesIP)
    services.pixel.id = try await settings.value(.pixelID)
    services.pixel.onTrackedPages = try await settings.value(.pixelOnTrackedPages)
    services.pixel.onLandingPages = try await settings.value(.pixelOnLandingPages)
    return services
  }

  /// The sites whose scripts may read answers; none where the settings cannot be read.
  func allowedOrigins() async -> AllowedOrigins {
    do {
      let settings = try await trackingSettings.current()
      return AllowedOrigins(
        isRestricted: settings.restrictsOrigins, list: settings.allowedOrigins)
    } catch {
      logger.debug("the allowed origins could not be read", metadata: ["error": "\(error)"])
      return AllowedOrigins()
    }
  }
}
