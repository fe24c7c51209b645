import API
import Campaigns
import Contacts
import Fields
import JobQueue
import Logging
import Mail
import Primitives
import Runtime
import Tracking
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

/// Tells webhooks of the pages that known contacts visited.
struct WebhookPageObserver: TrackingObserver {
  func visited(_ hits: [RecordedHit], in transaction: Transaction) async throws {
    try await WebhookEvents.announce(
      .pageHit,
      hits.map { WebhookNotice(contact: $0.contact, data: Self.data($0), at: $0.at) },
      in: transaction)
  }

  /// The API has values of its own, whose members have an order.
  private typealias JSONValue = Primitives.JSONValue

  private static func data(_ hit: RecordedHit) -> JSONValue {
    let page = hit.pages.first.map { JSONValue.integer($0) } ?? .null
    let device = hit.device?.kind.map { JSONValue.string($0) } ?? .null
    return .object([
      "hit": .object([
        "id": .string(hit.id.uuidString.lowercased()), "url": .string(hit.url),
        "referer": .string(hit.referrer), "page": page, "device": device,
        "dateHit": .string(WireDate.format(hit.at)),
      ])
    ])
  }
}
