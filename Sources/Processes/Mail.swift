import Mail
import Runtime

extension Backends {
  /// What holds for e-mail now.
  /// - Returns: What `martlet settings` says.
  /// - Throws: The database's error.
  func mailSettings() async throws -> MailSettings {
    var mail = MailSettings()
    mail.timeZone = try await settings.value(.timeZone)
    return mail
  }
}
