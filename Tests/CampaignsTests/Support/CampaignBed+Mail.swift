import Fields
import JobQueue
import Synchronization

@testable import Campaigns
@testable import Mail

extension CampaignBed {
  /// Returns a mail environment that uses a transport and notifies campaigns.
  static func mailEnvironment(
    _ jobs: JobClient, prefix: String, _ transport: any MailTransport, observed: LaterRuntime
  ) -> MailEnvironment {
    MailEnvironment(
      jobs: jobs, prefix: prefix, fields: FieldStore(pool: jobs.postgres),
      site: MailSite(url: "https://mail.example.com", secret: String(repeating: "s", count: 32)),
      settings: MailSettingsSource { MailSettings() }, transport: transport,
      observers: [CampaignMailObserver { observed.value }], registry: .contacts, logger: .silent)
  }

  /// Creates an e-mail that campaigns may send.
  func email() async throws -> Int64 {
    try await pool.query(
      """
      INSERT INTO emails (name, subject, html, date_added) VALUES ('Mail', 'Hello', '<p>Hi</p>', \(now))
      RETURNING id
      """)[0].decode(at: 0)
  }

  /// Returns the states of all sends in order.
  func sends() async throws -> [SendState?] {
    try await pool.query("SELECT state FROM email_sends ORDER BY id").map {
      SendState(rawValue: try $0.decode(at: 0))
    }
  }
}

/// A reference to the campaigns, which are created after mail.
final class LaterRuntime: Sendable {
  private let held = Mutex<CampaignService?>(nil)

  var value: CampaignService {
    get {
      guard let runtime = held.withLock({ $0 }) else {
        preconditionFailure("mail was sent before there were campaigns")
      }
      return runtime
    }
    set { held.withLock { $0 = newValue } }
  }
}

/// A transport that refuses messages to some addresses permanently and records the other recipients.
final class PickyTransport: MailTransport {
  let isIdempotent = false
  let groupSize = 25
  private let refused: Set<String>
  private let taken = Mutex<[String]>([])

  init(refusing refused: Set<String> = []) { self.refused = refused }

  var recipients: [String] { taken.withLock { $0 } }

  func deliver(_ messages: [OutgoingMessage], settings: MailSettings) async -> [DeliveryOutcome] {
    messages.map { message in
      if refused.contains(message.recipient) { return .refusedMessage("not wanted") }
      taken.withLock { $0.append(message.recipient) }
      return .accepted
    }
  }
}
