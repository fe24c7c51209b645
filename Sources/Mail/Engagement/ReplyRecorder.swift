import Contacts
import Foundation
import JobQueue
import Postgres

/// Records replies to e-mails (api.md 8.12).
package struct ReplyRecorder: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]

  /// Records a reply to a send.
  ///
  /// - Returns: Whether there is such a send.
  /// - Throws: `PostgresError`.
  package func record(hash text: String) async throws -> Bool {
    guard let hash = SendHash.parse(text) else { return false }
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      let found = try await transaction.query(
        "SELECT contact_id FROM email_sends WHERE hash = \(hash)")
      guard let row = found.first else { return false }
      let contact: Int64? = try row.decode(at: 0)
      _ = try await ContactLock.lock(contact.map { [$0] } ?? [], on: transaction.connection)
      let rows = try await transaction.query(
        """
        WITH written AS (
          UPDATE email_sends SET replied_at = coalesce(replied_at, \(now)) WHERE hash = \(hash)
          RETURNING id, contact_id, email_id, family_id, source_kind, source_id
        ), kept AS (
          INSERT INTO email_replies (send_id, contact_id, at)
          SELECT id, contact_id, \(now) FROM written
        )
        SELECT * FROM written
        """)
      let events = try rows.map { row in
        SendEvent(
          send: try row.decode("id"), contact: try row.decode("contact_id"),
          email: try row.decode("email_id"), family: try row.decode("family_id"),
          source: SendSource(
            kind: try row.decode("source_kind"), id: try row.decode("source_id")), at: now)
      }
      for observer in observers {
        try await observer.replied(events, in: transaction)
      }
      return true
    }
  }
}
