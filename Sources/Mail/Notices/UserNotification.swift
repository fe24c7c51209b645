import Foundation
package import JobQueue
import Postgres
package import Primitives

/// The reason why users cannot be notified by e-mail.
package enum NoticeError: String, Error, Sendable, CustomStringConvertible {
  /// The e-mail does not exist.
  case missing
  /// The e-mail is not published.
  case unpublished
  /// None of the named users has an address.
  case noAddress

  /// The reason in plain text.
  package var description: String {
    switch self {
    case .missing: MailRefusal.missing.note
    case .unpublished: MailRefusal.unpublished.note
    case .noAddress: "nobody of those named has an e-mail address"
    }
  }
}

/// A message to users, which appears in no contact's history and is not counted (EML-432, CAM 7).
package struct UserNotification: Sendable {
  /// The content of a notification.
  package enum Content: Sendable {
    /// An e-mail; its tokens are filled from the contact.
    case email(Int64)
    /// An e-mail that somebody tries before it is published; its tokens are filled from the contact.
    case test(Int64)
    /// Plain text.
    case text(subject: String, body: String)
  }

  /// The idempotency key; a second notice with the same key is ignored.
  package var key: String
  /// The content to send.
  package var content: Content
  /// The contact that it is about.
  package var contact: Int64?
  /// The values of tokens of an e-mail that are not the contact's, as HTML, by name without braces.
  package var tokens: [String: String]
  /// The ids of the users.
  package var users: [Int64]
  /// Whether the contact's owner is notified.
  package var toOwner: Bool
  /// Further addresses; each may be a token for a field of the contact.
  package var addresses: [String]

  package init(
    key: String, content: Content, contact: Int64? = nil, tokens: [String: String] = [:],
    users: [Int64] = [], toOwner: Bool = false, addresses: [String] = []
  ) {
    self.key = key
    self.content = content
    self.contact = contact
    self.tokens = tokens
    self.users = users
    self.toOwner = toOwner
    self.addresses = addresses
  }
}

extension UserNotification {
  /// Returns the addresses in an event's properties besides users: `to`, `cc` and `bcc`, separated by commas.
  package static func addresses(_ properties: JSONValue) -> [String] {
    ["to", "cc", "bcc"].flatMap { member in
      (properties[member]?.text ?? "").split(separator: ",").map {
        $0.trimmingBlanks()
      }
    }.filter { !$0.isEmpty }
  }

  /// Whether a text is an address, or a token that may become one.
  package static func isAddress(_ text: String) -> Bool {
    text.contains("{") || EmailAddress.isValid(text)
  }
}

extension EmailDispatcher {
  /// Writes messages to users in the caller's transaction, and adds the job that sends them.
  ///
  /// - Throws: ``NoticeError``, which the caller interprets; `PostgresError`.
  package static func notify(_ notice: UserNotification, in transaction: Transaction) async throws {
    var email: Int64?
    var text: (subject: String, body: String)?
    switch notice.content {
    case .email(let id), .test(let id):
      let rows = try await transaction.query(
        """
        SELECT \(sql: EmailFamily.isOpen("e", now: transaction.now)) FROM emails e WHERE e.id = \(id)
        """)
      guard let isOpen: Bool = try rows.first?.decode(at: 0) else { throw NoticeError.missing }
      if case .email = notice.content, !isOpen { throw NoticeError.unpublished }
      email = id
    case .text(let subject, let body): text = (subject, body)
    }
    let addresses = try await addresses(of: notice, on: transaction.connection)
    guard !addresses.isEmpty else { throw NoticeError.noAddress }
    let rows = try await transaction.query(
      """
      INSERT INTO mail_notices (key, hash, address, email_id, contact_id, subject, body, tokens,
        date_added)
      SELECT \(notice.key) || '#' || n.address, n.hash, n.address, \(email)::bigint,
        \(notice.contact)::bigint, \(text?.subject), \(text?.body),
        \(notice.tokens.isEmpty ? nil : try JSON(notice.tokens))::jsonb, \(transaction.now)
      FROM unnest(\(SendHash.random(addresses.count))::uuid[], \(addresses)::text[])
        AS n (hash, address)
      ON CONFLICT (key) DO NOTHING RETURNING id
      """)
    let ids = try rows.map { try $0.decode(at: 0, as: Int64.self) }
    if !ids.isEmpty { try transaction.outbox.add(SendNotices(ids: ids)) }
  }

  private static func addresses(
    of notice: UserNotification, on connection: PostgresConnection
  ) async throws -> [String] {
    let rows = try await connection.query(
      """
      SELECT email FROM users WHERE email IS NOT NULL AND (id = ANY (\(notice.users))
        OR (\(notice.toOwner) AND id = (SELECT owner_id FROM contacts
          WHERE id = \(notice.contact)::bigint)))
      ORDER BY id
      """)
    var found: [String] = try rows.map { try $0.decode(at: 0) }
    for address in notice.addresses {
      found += try await resolved(address, notice.contact, on: connection)
    }
    var seen: Set<String> = []
    return found.filter { EmailText.isAddress($0) && seen.insert($0.lowercased()).inserted }
  }

  /// Returns an address, or the values of the fields that it names.
  private static func resolved(
    _ text: String, _ contact: Int64?, on connection: PostgresConnection
  ) async throws -> [String] {
    var result = ""
    for piece in TokenScanner.pieces(text) {
      switch piece {
      case .bytes(let bytes): result += String(decoding: bytes, as: UTF8.self)
      case .field(let token):
        // Through JSON, since the field may not exist.
        let rows = try await connection.query(
          """
          SELECT to_jsonb(c) ->> \(token.alias) FROM contacts c WHERE c.id = \(contact)::bigint
          """)
        result += try rows.first?.decode(at: 0, as: String?.self) ?? token.fallback
      default: break
      }
    }
    return result.split(separator: ",").map { $0.trimmingBlanks() }
  }
}

/// Sends messages to users.
struct SendNotices: DurableJob {
  static let name = "mail.notices"
  static let queue = MailQueues.first
  static let options = JobOptions(maxAttempts: 50)

  let ids: [Int64]
}
