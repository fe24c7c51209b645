import API
import Campaigns
import Contacts
import Fields
import JobQueue
import Logging
import Mail
import Runtime
import Webhooks

extension Backends {
  /// Webhooks in this process.
  static func makeWebhooks(
    jobs: JobClient, site: String, settings: Settings, campaigns: CachedValue<CampaignSettings>,
    logger: Logger
  ) -> WebhookDispatcher {
    let fields = FieldStore(pool: jobs.postgres)
    return WebhookDispatcher(
      jobs: jobs, origin: site,
      records: RenderedRecords(
        contacts: ContactStore(pool: jobs.postgres, fields: fields),
        companies: CompanyStore(
          transactions: jobs.transactions, fields: fields,
          rules: { try await companyRules(settings) }),
        pool: jobs.postgres),
      settings: {
        WebhookSettings(
          allowsPrivateAddresses: try await campaigns.current().allowsPrivateWebhooks)
      }, logger: logger)
  }
}

/// Tells webhooks of e-mails that were sent and opened.
struct WebhookMailObserver: MailObserver {
  func sent(_ events: [SendEvent], in transaction: Transaction) async throws {
    try await WebhookEvents.announce(.emailSent, events.map(Self.notice), in: transaction)
  }

  func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {
    try await WebhookEvents.announce(
      .emailOpened, opens.map { Self.notice($0.event) }, in: transaction)
  }

  private static func notice(_ event: SendEvent) -> WebhookNotice {
    WebhookNotice(contact: event.contact, subject: event.send, at: event.at)
  }
}
