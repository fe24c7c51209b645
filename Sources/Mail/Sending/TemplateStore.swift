import CSodium
import Foundation
import JobQueue
import Postgres
import Synchronization

/// Reads and keeps templates.
extension TemplateSource {
  /// Reads an e-mail, with the addresses of the objects that it names; nil if there is none.
  static func read(
    _ email: Int64, _ objects: ObjectAddresses, on connection: PostgresConnection
  ) async throws -> TemplateSource? {
    let rows = try await connection.query(
      """
      SELECT subject, preheader, html, plain_text, language, from_name, from_address, reply_to, bcc,
        use_owner_as_mailer, headers, dynamic_content, revision, utm_source, utm_medium,
        utm_campaign, utm_content
      FROM emails WHERE id = \(email)
      """)
    guard let row = rows.first else { return nil }
    let headers: JSON = try row.decode("headers")
    let dynamic: JSON = try row.decode("dynamic_content")
    // An address has nothing that would end a text within JSON.
    let texts = try await objects.fill(
      [try row.decode("html"), try row.decode("plain_text"), dynamic.text], on: connection)
    var utm = UTMValues()
    utm.source = try row.decode("utm_source")
    utm.medium = try row.decode("utm_medium")
    utm.campaign = try row.decode("utm_campaign")
    utm.content = try row.decode("utm_content")
    return TemplateSource(
      copy: MailCopy(
        subject: try row.decode("subject"), preheader: try row.decode("preheader"),
        html: texts[0], plainText: texts[1],
        language: try row.decode("language")),
      envelope: MailEnvelope(
        fromName: try row.decode("from_name"), fromAddress: try row.decode("from_address"),
        replyTo: try row.decode("reply_to"), bcc: try row.decode("bcc"),
        usesOwner: try row.decode("use_owner_as_mailer"),
        headers: try headers.decode([String: String].self), utm: utm),
      dynamicContent: DynamicContent.read(texts[2].map { JSON(text: $0) } ?? dynamic),
      revision: try row.decode("revision"))
  }
}

/// Stores contents of e-mails.
extension MailCopy {
  /// Stores the content, once however often it is used (EML-311), and returns its id.
  func store(in transaction: Transaction) async throws -> Int64 {
    var hash = [UInt8](repeating: 0, count: 32)
    let parts = [subject, preheader, html, plainText, language]
    let all = parts.flatMap { part -> [UInt8] in
      let bytes = Array((part ?? "").utf8)
      return withUnsafeBytes(of: bytes.count.bigEndian) { Array($0) }
        + [part == nil ? 0 : 1] + bytes
    }
    crypto_generichash(&hash, hash.count, all, UInt64(all.count), nil, 0)
    let rows = try await transaction.query(
      """
      INSERT INTO email_copies (content_hash, subject, preheader, html, plain_text, language,
        date_added)
      VALUES (\(hash), \(subject), \(preheader), \(html), \(plainText), \(language), \(transaction.now))
      ON CONFLICT (content_hash) DO UPDATE SET language = excluded.language
      RETURNING id
      """)
    return try rows[0].decode(at: 0)
  }
}
