import Contacts
import Foundation
import JobQueue
import Postgres

/// The subject of an unsubscribe link: a send, or an address with its digest, which outlives the send (EML-401).
package struct MailSubject: Sendable, Equatable {
  /// The send's hash as given in the link.
  package var hash: String
  package var address: String
  /// The contacts with that address, in order, including that of the send.
  package var contacts: [Int64]
  /// The contact of the send.
  package var contact: Int64?
  var event: SendEvent?

  /// The e-mail of the send.
  package var email: Int64? { event?.email }
}

extension MailSubject {
  /// Returns the current subject with its contacts locked: since the look-up some may have been merged or
  /// deleted, and others may have got the address.
  func locked(on connection: PostgresConnection) async throws -> MailSubject {
    var subject = self
    for _ in 0..<5 {
      if let send = event?.send {
        subject.contact = try await connection.query(
          "SELECT contact_id FROM email_sends WHERE id = \(send)"
        ).first?.decode(at: 0, as: Int64?.self)
        subject.event?.contact = subject.contact
      }
      let holders = try await RecipientStore.contacts(with: [address], on: connection)
      let wanted = Set(holders).union([subject.contact].compactMap(\.self)).sorted()
      // All at once, in the common order of locks.
      subject.contacts = try await ContactLock.lock(wanted, on: connection)
      if subject.contacts == wanted { break }
    }
    return subject
  }
}

/// Finds the subjects of links.
package struct MailSubjects: Sendable {
  let pool: PostgresPool
  let clock: WallClock
  let signer: LinkSigner

  /// Returns the subject of a link; nil for an unknown hash or a wrong digest. Accepts any text.
  ///
  /// - Throws: `PostgresError`.
  package func find(
    hash text: String, address: String? = nil, digest: String? = nil
  ) async throws -> MailSubject? {
    let now = clock.now
    let hash = SendHash.parse(text)
    return try await pool.withConnection { connection in
      var subject: MailSubject?
      if let hash {
        let rows = try await connection.query(
          """
          SELECT s.id, s.contact_id, s.email_id, s.family_id, s.source_kind, s.source_id,
            coalesce(s.address, c.email) AS address
          FROM email_sends s LEFT JOIN contacts c ON c.id = s.contact_id WHERE s.hash = \(hash)
          """)
        if let row = rows.first {
          let contact: Int64? = try row.decode("contact_id")
          subject = MailSubject(
            hash: text, address: try row.decode("address", as: String?.self) ?? "",
            contacts: contact.map { [$0] } ?? [], contact: contact,
            event: SendEvent(
              send: try row.decode("id"), contact: contact, email: try row.decode("email_id"),
              family: try row.decode("family_id"),
              source: SendSource(
                kind: try row.decode("source_kind"), id: try row.decode("source_id")), at: now))
        }
      }
      if subject == nil, let address, let digest, address.utf8.count <= 320,
        !address.contains("\0"),
        signer.isDigest(digest, ofAddress: address)
      {
        subject = MailSubject(hash: text, address: address, contacts: [], contact: nil, event: nil)
      }
      guard var subject else { return nil }
      let others = try await RecipientStore.contacts(with: [subject.address], on: connection)
      subject.contacts = Set(subject.contacts).union(others).sorted()
      return subject
    }
  }
}
