import Campaigns
import Contacts
import JobQueue
import Logging
import Mail
import Runtime
import Synchronization

extension Backends {
  /// Campaigns in this process.
  static func makeCampaigns(
    jobs: JobClient, mail: MailEnvironment, settings: CachedValue<CampaignSettings>, logger: Logger
  ) -> Campaigns {
    Campaigns(
      jobs: jobs, fields: FieldStore(pool: jobs.postgres), mail: mail.office,
      settings: { try await settings.current() }, logger: logger)
  }

  /// What `martlet settings` says about campaigns.
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

/// Something that is made a little later than who asks for it.
final class DeferredReference<Value: Sendable>: Sendable {
  private let held = Mutex<Value?>(nil)

  func set(_ value: Value) { held.withLock { $0 = value } }

  /// What was set, before anything ran.
  var value: Value {
    guard let value = held.withLock({ $0 }) else { preconditionFailure("it is not made yet") }
    return value
  }
}
