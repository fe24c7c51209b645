import Campaigns
import Fields
import JobQueue
import Logging
import Mail
import Runtime

extension Backends {
  /// Campaigns in this process.
  static func makeCampaigns(
    jobs: JobClient, mail: MailEnvironment, settings: CachedValue<CampaignSettings>, logger: Logger
  ) -> Campaigns {
    Campaigns(
      jobs: jobs, fields: FieldStore(pool: jobs.postgres), mail: mail.dispatcher,
      settings: { try await settings.current() }, logger: logger)
  }

  /// The operator's settings for campaigns.
  static func campaignSettings(_ settings: Settings) async throws -> CampaignSettings {
    var recent = CampaignSettings(
      companies: try await companyRules(settings),
      timeZone: try await settings.value(.timeZone),
      retryInterval: .seconds(try await settings.value(.campaignRetryInterval)),
      maxAttempts: try await settings.value(.campaignMaxAttempts),
      restartPause: .seconds(try await settings.value(.campaignRestartPause)))
    recent.allowsPrivateWebhooks = try await settings.value(.webhookAllowPrivate)
    return recent
  }
}
