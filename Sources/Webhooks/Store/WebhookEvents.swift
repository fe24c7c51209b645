package import Foundation
package import JobQueue
import Postgres
package import Primitives

/// The commit event that something waits for webhooks.
package enum WebhooksDue: CommitEvent {}

/// One occasion that webhooks are told of by the module in which it happens.
package struct WebhookNotice: Sendable {
  /// The contact, if it is known.
  package var contact: Int64?
  /// The send that it is about, for events of e-mails, or the submission of a form.
  package var subject: Int64?
  /// The members that the payload has beside those of records, such as `hit` of a visit; an object.
  package var data: JSONValue?
  /// The instant of the event.
  package var at: Date

  package init(contact: Int64? = nil, subject: Int64? = nil, data: JSONValue? = nil, at: Date) {
    self.contact = contact
    self.subject = subject
    self.data = data
    self.at = at
  }
}

/// The door for events that other modules announce. Changes of contacts, companies, points, segments and subscriptions
/// need no announcement: they are heard from their tables.
package enum WebhookEvents {
  /// Tells the webhooks that listen, in the transaction of what happened. Where none listens nothing is written; the
  /// statement is sent along with the next one.
  ///
  /// - Parameters:
  ///   - event: The event.
  ///   - notices: The occasions, in their order.
  ///   - transaction: The transaction.
  package static func announce(
    _ event: WebhookEvent, _ notices: [WebhookNotice], in transaction: Transaction
  ) async throws {
    guard !notices.isEmpty else { return }
    let data = try notices.map { notice in
      try notice.data.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    }
    await transaction.sendWithNext(
      """
      INSERT INTO webhook_queue (webhook_id, event, contact, subject, data, at)
      SELECT h.id, \(event.rawValue), n.contact, n.subject, n.data::jsonb, n.at
      FROM unnest(\(notices.map(\.contact))::bigint[], \(notices.map(\.subject))::bigint[],
        \(data)::text[], \(notices.map(\.at))::timestamptz[])
        WITH ORDINALITY AS n (contact, subject, data, at, place)
      JOIN webhooks h ON h.is_published AND \(event.rawValue) = ANY (h.events)
      ORDER BY n.place
      """)
    transaction.announce(WebhooksDue.self)
  }
}
