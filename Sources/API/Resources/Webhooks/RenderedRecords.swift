package import Contacts
import Forms
import Mail
package import Postgres
import Segments
package import Webhooks

/// Renders the records in bodies of webhooks as the API shows them.
package struct RenderedRecords: WebhookRecords {
  private let contacts: ContactStore
  private let companies: CompanyStore
  private let pool: PostgresPool

  package init(contacts: ContactStore, companies: CompanyStore, pool: PostgresPool) {
    self.contacts = contacts
    self.companies = companies
    self.pool = pool
  }

  package func render(_ kind: WebhookRecordKind, _ ids: [Int64]) async throws -> [Int64: String] {
    guard !ids.isEmpty else { return [:] }
    switch kind {
    case .contact:
      return texts(try await contacts.contacts(ids).map { ($0.id, Self.json($0)) })
    case .company:
      let page = try await companies.page(
        start: 0, limit: ids.count, where: "companies.id = ANY (\(ids))")
      return texts(page.companies.map { ($0.id, CompanyResource.json($0).rendered) })
    case .segment:
      let page = try await SegmentStore(pool: pool).page(
        where: "s.id = ANY (\(ids))", order: "ORDER BY s.id", start: 0, limit: ids.count)
      return texts(page.segments.map { ($0.id, JSONValue($0).rendered) })
    case .submission: return texts(try await submissions(ids))
    case .sentEmail, .openedEmail:
      return try await sends(ids, isOpen: kind == .openedEmail)
    }
  }

  private func submissions(_ ids: [Int64]) async throws -> [(Int64, [UInt8])] {
    let (found, forms) = try await pool.withConnection {
      try await SubmissionStore.submissions(ids, on: $0)
    }
    var rendered: [(Int64, [UInt8])] = []
    for (id, form) in forms {
      let own = found.filter { $0.form == id }
      let views = try await SubmissionView.json(own, of: form, contacts)
      rendered += zip(own, views).map { ($0.id, $1.rendered) }
    }
    return rendered
  }

  private func texts(_ records: [(Int64, [UInt8])]) -> [Int64: String] {
    Dictionary(
      records.map { ($0.0, String(decoding: $0.1, as: UTF8.self)) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func json(_ contact: Contact) -> [UInt8] {
    var json = JSONWriter(capacity: 8_192)
    ContactWriter.whole(contact.fields.fields).write(contact, to: &json)
    return json.bytes
  }

  /// The members of payloads about sends of e-mails.
  private func sends(_ ids: [Int64], isOpen: Bool) async throws -> [Int64: String] {
    let sends = try await SentEmailStore.read(ids, on: pool)
    var emails: [Int64: JSONValue] = [:]
    let store = EmailStore(pool: pool)
    for id in Set(sends.compactMap(\.email)) {
      if let email = try await store.email(id) {
        emails[id] = [
          "id": .int(Int(id)), "name": .string(email.values.name),
          "subject": JSONValue(email.values.subject), "language": JSONValue(email.values.language),
          "emailType": .string(email.values.type.rawValue),
        ]
      }
    }
    return texts(
      sends.map { send in
        let email = send.email.flatMap { emails[$0] } ?? .null
        return (send.id, (isOpen ? Self.stat(send, email) : Self.sent(send, email)).rendered)
      })
  }

  private static func stat(_ send: SentEmail, _ email: JSONValue) -> JSONValue {
    [
      "stat": [
        "id": .int(Int(send.id)), "emailAddress": JSONValue(send.address),
        "dateSent": JSONValue(send.sent), "isRead": .bool(send.isRead),
        "isFailed": .bool(send.isFailed), "dateRead": JSONValue(send.read),
        "retryCount": .int(send.retries), "source": JSONValue(send.source),
        "sourceId": JSONValue(send.sourceID), "openCount": .int(send.opens),
        "lastOpened": JSONValue(send.lastOpened), "trackingHash": JSONValue(send.hash),
        "viewedInBrowser": .bool(send.wasViewedInBrowser), "email": email,
      ]
    ]
  }

  private static func sent(_ send: SentEmail, _ email: JSONValue) -> JSONValue {
    [
      "email": email, "tokens": [], "contentHash": JSONValue(send.contentHash),
      "idHash": JSONValue(send.hash), "content": .null, "subject": email["subject"] ?? .null,
      "source": send.source.map { .array([.string($0), JSONValue(send.sourceID)]) } ?? .array([]),
      "headers": [],
    ]
  }
}
