import Campaigns
import Contacts
import JobQueue
import Logging
import Mail
import Points
import Runtime
import Segments
import Synchronization
import Transfer

/// What a process makes once and shares: modules that stand on each other and tell each other what happens.
struct Modules: Sendable {
  let fields: FieldStore
  let mail: MailKit
  let campaigns: Campaigns

  /// - Throws: `UnknownTransport` for an address of a transport that is none.
  init(_ backends: Backends) throws(UnknownTransport) {
    let configuration = backends.configuration
    let fields = FieldStore(pool: backends.postgres)
    let settings = MailSettingsSource { try await backends.mailSettings() }
    let campaignSettings = RecentValue { try await backends.campaignSettings() }
    // Campaigns stand on mail, and mail tells campaigns what happened to e-mails.
    let later = Later<CampaignRuntime>()
    mail = try MailKit(
      jobs: backends.jobs, prefix: configuration.redisPrefix, fields: fields,
      site: MailSite(
        url: configuration.siteURL,
        // Development alone does without a secret.
        secret: configuration.secret ?? "a secret for development, known to all"),
      settings: settings, transport: configuration.mailTransport,
      observers: [CampaignMailObserver { later.value }, PointMailObserver()])
    campaigns = Campaigns(
      jobs: backends.jobs, fields: fields, mail: mail.office,
      settings: { try await campaignSettings.current() },
      allowsPrivateAddresses: { try await backends.settings.value(.webhookAllowPrivate) },
      logger: backends.logger)
    later.set(campaigns.runtime)
    self.fields = fields
  }
}

/// Something that is made a little later than who asks for it.
private final class Later<Value: Sendable>: Sendable {
  private let held = Mutex<Value?>(nil)

  func set(_ value: Value) { held.withLock { $0 = value } }

  /// Set before anything runs.
  var value: Value {
    guard let value = held.withLock({ $0 }) else { preconditionFailure("modules are not composed") }
    return value
  }
}
