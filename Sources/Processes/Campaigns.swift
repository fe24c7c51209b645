public import Campaigns
import Contacts
import Runtime

extension Backends {
  /// Campaigns, with what `martlet settings` says.
  public func campaigns() -> Campaigns {
    Campaigns(
      jobs: jobs, fields: FieldStore(pool: postgres),
      settings: { try await campaignSettings() },
      allowsPrivateAddresses: { try await settings.value(.webhookAllowPrivate) }, logger: logger)
  }

  /// What holds for campaigns now.
  /// - Returns: The defaults with what `martlet settings` says.
  /// - Throws: The database's error.
  public func campaignSettings() async throws -> CampaignSettings {
    CampaignSettings(
      timeZone: try await settings.value(.timeZone),
      retryInterval: .seconds(try await settings.value(.campaignRetryInterval)),
      maxAttempts: try await settings.value(.campaignMaxAttempts),
      restartPause: .seconds(try await settings.value(.campaignRestartPause)))
  }
}
