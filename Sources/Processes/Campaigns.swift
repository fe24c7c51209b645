import Campaigns
import Mail
import Runtime

extension Backends {
  /// What holds for campaigns now.
  /// - Returns: What `martlet settings` says.
  /// - Throws: The database's error.
  func campaignSettings() async throws -> CampaignSettings {
    CampaignSettings(
      timeZone: try await settings.value(.timeZone),
      retryInterval: .seconds(try await settings.value(.campaignRetryInterval)),
      maxAttempts: try await settings.value(.campaignMaxAttempts),
      restartPause: .seconds(try await settings.value(.campaignRestartPause)))
  }
}
