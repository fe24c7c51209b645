package import Foundation
import Postgres

/// Renders messages as pages: the web version of a send, and previews (EML-311, EML-343).
package struct WebVersions: Sendable {
  let pool: PostgresPool
  let site: MailSite
  let signer: LinkSigner
  let settingsSource: MailSettingsSource
  let objects: ObjectAddresses

  /// Returns the page of a send, rendered from what was stored with it; nil if there is no such send.
  ///
  /// - Throws: `PostgresError`.
  package func page(_ hash: UUID) async throws -> [UInt8]? {
    let rows = try await pool.query(
      """
      SELECT s.contact_id, s.email_id, s.address, s.token_values, c.subject, c.preheader, c.html,
        c.plain_text, c.language
      FROM email_sends s JOIN email_copies c ON c.id = s.copy_id WHERE s.hash = \(hash)
      """)
    guard let row = rows.first else { return nil }
    let copy = MailCopy(
      subject: try row.decode("subject"), preheader: try row.decode("preheader"),
      html: try row.decode("html"), plainText: try row.decode("plain_text"),
      language: try row.decode("language"))
    let record =
      try row.decode("token_values", as: JSON?.self)
      .map { try $0.decode(TokenRecord.self) } ?? TokenRecord(custom: [:])
    let address: String = try row.decode("address", as: String?.self) ?? ""
    let contact: Int64? = try row.decode("contact_id")
    var keys: [String: String] = [:]
    // The sender is not stored with the send, but signatures name it.
    var envelope = MailEnvelope()
    if let email: Int64 = try row.decode("email_id") {
      let source = try await pool.withConnection {
        try await TemplateSource.read(email, objects, on: $0)
      }
      if let source { envelope = source.envelope }
      for row in try await pool.query(
        "SELECT url, key FROM links WHERE channel = 'email' AND channel_id = \(email)")
      {
        keys[try row.decode(at: 0)] = try row.decode(at: 1)
      }
    }
    let links = MessageLinks(
      site: site, signer: signer, hash: hash, contact: contact ?? 0, address: address)
    return try await render(
      copy, envelope, record.person(contact: contact, address: address), links, keys: keys)
  }

  /// Renders an e-mail without a contact; nil if there is no such e-mail or its preview is not public.
  ///
  /// - Throws: `PostgresError`.
  package func preview(_ email: Int64) async throws -> [UInt8]? {
    let found = try await pool.withConnection { connection -> TemplateSource? in
      let isPublic = try await !connection.query(
        "SELECT FROM emails WHERE id = \(email) AND public_preview"
      ).isEmpty
      return isPublic ? try await TemplateSource.read(email, objects, on: connection) : nil
    }
    guard let source = found else { return nil }
    var person = RecipientProfile(address: "")
    for content in source.dynamicContent { person.dynamic[content.name] = content.content }
    // A look at a preview comes from no link.
    var envelope = source.envelope
    envelope.utm = UTMValues()
    return try await render(
      source.copy, envelope, person, MessageLinks(site: site), keys: [:])
  }

  private func render(
    _ copy: MailCopy, _ envelope: MailEnvelope, _ person: RecipientProfile, _ links: MessageLinks,
    keys: [String: String]
  ) async throws -> [UInt8] {
    // Fetching the page is the open; a pixel in it would count twice.
    var settings = try await settingsSource.current()
    settings.tracksOpens = false
    settings.machines.hasTrap = false
    var copy = copy
    if copy.html ?? "" == "" {
      copy.html = "<pre>\(HTMLText.escaped(copy.plainText ?? ""))</pre>"
    }
    let template = Template(
      copy: copy, envelope: envelope, settings: settings, links: keys, site: site.url,
      dynamic: Array(person.dynamic.values))
    return Renderer(template, for: person, links: links).html ?? []
  }
}
