import Contacts
import Fields
package import Foundation
import JobQueue
import Postgres
import Segments

/// An e-mail as somebody would get it.
package struct RenderedEmail: Sendable, Equatable {
  /// The sender's name.
  package var fromName: String
  /// The sender's address.
  package var fromAddress: String
  /// The subject.
  package var subject: String
  /// The HTML; nil for an e-mail that is plain text alone.
  package var html: String?
  /// The plain text.
  package var plainText: String
  /// The plain text that the HTML alone gives, with its tokens (EML-310).
  package var derivedText: String
}

/// Renders e-mails that need not be saved, without sending or counting anything (EML-312).
package struct EmailPreviews: Sendable {
  let pool: PostgresPool
  let fields: FieldStore
  let registry: FilterRegistry
  let site: MailSite
  let settingsSource: MailSettingsSource
  let objects: ObjectAddresses

  /// Renders the content of an e-mail for a contact; without one, tokens have their defaults.
  ///
  /// - Parameters:
  ///   - input: The e-mail. Members that have no part in its content are ignored, and none is required.
  ///   - contact: The contact.
  ///   - now: The time.
  /// - Throws: `InvalidInput` for what cannot be saved either, and for a contact that does not exist; `PostgresError`.
  package func render(
    _ input: EmailInput, for contact: Int64?, now: Date
  ) async throws -> RenderedEmail {
    let values = try input.applied(to: nil, replacing: true)
    var check = EmailCheck(values, id: nil)
    try check.checkContent()
    let dynamic = try JSON(values.dynamicContent).text
    let texts = try await pool.withConnection {
      try await objects.fill([values.html, values.plainText, dynamic], on: $0)
    }
    let contents = DynamicContent.read(JSON(text: texts[2] ?? dynamic))
    var settings = try await settingsSource.current()
    settings.tracksOpens = false
    settings.machines.hasTrap = false
    let template = Template(
      copy: MailCopy(
        subject: values.subject, preheader: values.preheader, html: texts[0], plainText: texts[1],
        language: values.language),
      envelope: MailEnvelope(
        fromName: values.fromName, fromAddress: values.fromAddress, replyTo: values.replyTo,
        usesOwner: values.usesOwner),
      settings: settings, links: [:], site: site.url, dynamic: contents.flatMap(\.texts))
    let person = try await person(contact, template, contents, now: now)
    let renderer = Renderer(template, for: person, links: MessageLinks(site: site))
    return RenderedEmail(
      fromName: renderer.sender.name, fromAddress: renderer.sender.address,
      subject: renderer.subject, html: renderer.html.map { String(decoding: $0, as: UTF8.self) },
      plainText: String(decoding: renderer.plain, as: UTF8.self),
      derivedText: PlainText.make(values.html ?? ""))
  }

  private func person(
    _ contact: Int64?, _ template: Template, _ contents: [DynamicContent], now: Date
  ) async throws -> RecipientProfile {
    do {
      let reader = SingleRecipient(pool: pool, fields: fields, registry: registry, now: now)
      let (person, isContact) = try await reader.read(contact, for: template, contents)
      if let contact, !isContact {
        throw InvalidInput("contact", "there is no contact \(contact)")
      }
      return person
    } catch is ContentChoiceError {
      throw InvalidInput(
        "contact", "the contact's data make the choice of dynamic content fail")
    }
  }
}
