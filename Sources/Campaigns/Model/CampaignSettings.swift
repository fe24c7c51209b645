package import Contacts
package import Foundation

/// The operator's settings for campaigns.
package struct CampaignSettings: Sendable, Equatable {
  /// The zone of contacts without their own.
  package var timeZone: TimeZone
  /// The pause before another attempt at a failed action; zero disables retries (CAM-501, CAM-502).
  package var retryInterval: Duration
  /// The number of attempts after which an action is given up (CAM-502).
  package var maxAttempts: Int
  /// The pause between an exit and a re-enrollment by a segment (CAM-110).
  package var restartPause: Duration
  /// Whether webhooks may go to addresses that are not public (CAM-454).
  package var allowsPrivateWebhooks = false
  /// The rules by which companies are found and linked.
  package var companies: CompanyRules

  /// Creates settings, with the defaults of a new system.
  package init(
    companies: CompanyRules, timeZone: TimeZone = .gmt, retryInterval: Duration = .seconds(3600),
    maxAttempts: Int = 5, restartPause: Duration = .seconds(60)
  ) {
    self.companies = companies
    self.timeZone = timeZone
    self.retryInterval = retryInterval
    self.maxAttempts = maxAttempts
    self.restartPause = restartPause
  }

  /// Returns the re-enrollment time of contacts that exited at an instant: after the pause, together with all
  /// whose pause ends within the same ten seconds (CAM-110).
  func returnTime(after exit: Date) -> Date {
    let pause = Double(restartPause.components.seconds)
    return Date(
      timeIntervalSince1970: ((exit.timeIntervalSince1970 + pause) / 10).rounded(.up) * 10)
  }
}
