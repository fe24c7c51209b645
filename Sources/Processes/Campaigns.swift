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

/// A reference that is set after the values that hold it were created.
final class DeferredReference<Value: Sendable>: Sendable {
  private let held = Mutex<Value?>(nil)

  func set(_ value: Value) { held.withLock { $0 = value } }

  /// The value; it is set before anything runs.
  var value: Value {
    guard let value = held.withLock({ $0 }) else { preconditionFailure("it is not made yet") }
    return value
  }
}
