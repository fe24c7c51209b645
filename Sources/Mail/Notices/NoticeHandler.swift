import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments

/// Checks texts that may be addresses.
enum EmailText {
  static func isAddress(_ text: String) -> Bool { EmailAddress.isValid(text) }
}

/// Handles ``SendNotices``, one message after the other: claimed, handed over, recorded (EML-220).
struct NoticeHandler: Sendable {
  let pool: PostgresPool
  let fields: FieldStore
  let registry: FilterRegistry
  let site: MailSite
  let settingsSource: MailSettingsSource
  let objects: ObjectAddresses
  let transport: any MailTransport
  let metrics: MailMetrics

  struct Notice: Sendable {
    var id: Int64
    var hash: UUID
    var address: String
    var email: Int64?
    var contact: Int64?
    var text: (subject: String, body: String)?
    var tokens: [String: String]
    var attempts: Int
    var isTaken: Bool
  }

  private enum Composed {
    case message(OutgoingMessage)
    /// Nothing is left to send.
    case nothing(DeliveryOutcome)
  }

  func handle(_ job: SendNotices, _ context: JobContext) async throws {
    var later: [Int: [Int64]] = [:]
    for id in job.ids {
      guard let notice = try await find(id) else { continue }
      // Composed before it is claimed: what fails here was not handed over, and is tried again.
      let settings = try await settingsSource.current()
      let composed = try await compose(notice, settings, context)
      guard try await take(notice, context) else { continue }
      let outcome = await deliver(composed, settings)
      let state: Int16
      switch outcome {
      case .accepted: state = SendState.sent.rawValue
      case .unknown: state = SendState.unknown.rawValue
      case .refusedRecipient, .refusedMessage, .refusedSender: state = SendState.failed.rawValue
      case .later, .down:
        let isOver = notice.attempts >= RetrySchedule.maximumAttempts
        state = isOver ? SendState.failed.rawValue : SendState.queued.rawValue
        if !isOver { later[notice.attempts, default: []].append(id) }
      }
      let now = context.clock.now
      // In a separate task: what was handed over is recorded even after cancellation.
      try await Task {
        try await context.transaction { transaction in
          _ = try await transaction.query(
            "UPDATE mail_notices SET state = \(state), date_sent = \(now) WHERE id = \(id)")
        }
      }.value
      try context.checkLease()
    }
    let (groups, now) = (later, context.clock.now)
    try await context.complete { transaction in
      for (attempts, ids) in groups {
        try transaction.outbox.add(
          SendNotices(ids: ids),
          EnqueueOptions(runAt: now.addingTimeInterval(RetrySchedule.delay(after: attempts))))
      }
    }
  }

  private func deliver(_ composed: Composed, _ settings: MailSettings) async -> DeliveryOutcome {
    switch composed {
    case .nothing(let outcome): return outcome
    case .message(let message):
      let outcomes = await transport.deliver([message], settings: settings)
      metrics.count(outcomes)
      return outcomes[0]
    }
  }

  private func compose(
    _ notice: Notice, _ settings: MailSettings, _ context: JobContext
  ) async throws -> Composed {
    guard let (template, contents) = try await template(notice, settings) else {
      return .nothing(.refusedMessage(MailRefusal.missing.note))
    }
    let reader = SingleRecipient(
      pool: pool, fields: fields, registry: registry, now: context.clock.now)
    var person: RecipientProfile
    do {
      person = try await reader.read(notice.contact, for: template, contents).profile
    } catch let error as ContentChoiceError {
      return .nothing(.refusedMessage("\(error)"))
    }
    (person.address, person.name) = (notice.address, "")
    person.custom = notice.tokens
    let renderer = Renderer(template, for: person, links: MessageLinks(site: site))
    let recipient = EmailWire.address(notice.address) ?? notice.address
    let name = SendHash.text(notice.hash)
    let message = MIMEMessage(
      sender: renderer.sender, recipient: ("", recipient), subject: renderer.subject,
      date: context.clock.now, messageID: "\(name)@\(site.host)", headers: renderer.headers,
      html: renderer.html, plain: renderer.plain, boundary: "=_\(name)")
    return .message(
      OutgoingMessage(
        hash: notice.hash, sender: renderer.sender.address, recipient: recipient, copies: [],
        content: message.bytes(), isRepeated: notice.isTaken))
  }

  /// Returns the template without tracked links, since their visitors are not contacts (EML-408).
  private func template(
    _ notice: Notice, _ settings: MailSettings
  ) async throws -> (Template, [DynamicContent])? {
    var settings = settings
    settings.tracksOpens = false
    settings.machines.hasTrap = false
    if let text = notice.text {
      let copy = MailCopy(
        subject: text.subject, preheader: nil, html: nil, plainText: text.body, language: "en")
      let template = Template(
        copy: copy, envelope: MailEnvelope(), settings: settings, links: [:], site: site.url)
      return (template, [])
    }
    guard let email = notice.email,
      let source = try await pool.withConnection({
        try await TemplateSource.read(email, objects, on: $0)
      })
    else { return nil }
    var envelope = source.envelope
    envelope.utm = UTMValues()
    let template = Template(
      copy: source.copy, envelope: envelope, settings: settings, links: [:], site: site.url,
      dynamic: source.dynamicContent.flatMap(\.texts))
    return (template, source.dynamicContent)
  }
}
