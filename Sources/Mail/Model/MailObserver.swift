package import Foundation
package import JobQueue
import Postgres

/// An event of a send, as observers see it.
package struct SendEvent: Sendable, Equatable {
  /// The send's id.
  package var send: Int64
  /// The recipient; nil once the contact is deleted.
  package var contact: Int64?
  /// The version that was sent; nil once the e-mail is deleted.
  package var email: Int64?
  /// The parent of that version, or the version itself.
  package var family: Int64?
  /// The cause of the send.
  package var source: SendSource
  /// The instant of the event.
  package var at: Date

  package init(
    send: Int64, contact: Int64?, email: Int64?, family: Int64?, source: SendSource, at: Date
  ) {
    self.send = send
    self.contact = contact
    self.email = email
    self.family = family
    self.source = source
    self.at = at
  }
}

/// A send that failed permanently.
package struct MailFailure: Sendable, Equatable {
  package var event: SendEvent
  /// The reason in plain text.
  package var reason: String
}

/// An open of an e-mail.
package struct MailOpen: Sendable, Equatable {
  /// The send and the instant of the open.
  package var event: SendEvent
  /// Whether it is the first open.
  package var isFirst: Bool
  /// Why it is a machine's (EML-361); nil for a person's.
  package var machine: String?
}

/// A click of a person on a link in an e-mail; those of machines are nobody's to hear of (EML-362).
package struct MailClick: Sendable, Equatable {
  /// The send and the instant of the click.
  package var event: SendEvent
  /// The engagement's id.
  package var id: UUID
  /// The link.
  package var link: Int64
  /// The link's target as written in the e-mail.
  package var url: String
  /// What the request said of its visitor, for tracking, which wrote it.
  package var visit: String?
}

/// An observer of e-mail events, such as campaigns and points. Functions are called with sets, in the transaction
/// that records the events; an event that is delivered again is not reported again.
package protocol MailObserver: Sendable {
  /// Handles e-mails that the transport has accepted.
  func sent(_ events: [SendEvent], in transaction: Transaction) async throws
  /// Handles e-mails that failed permanently.
  func failed(_ failures: [MailFailure], in transaction: Transaction) async throws
  /// Handles opens, each open as one element.
  func opened(_ opens: [MailOpen], in transaction: Transaction) async throws
  /// Handles clicks.
  func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws
  /// Handles replies.
  func replied(_ events: [SendEvent], in transaction: Transaction) async throws
  /// Handles contacts who unsubscribed through an e-mail.
  func unsubscribed(_ events: [SendEvent], in transaction: Transaction) async throws
}

extension MailObserver {
  /// Does nothing.
  package func sent(_ events: [SendEvent], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func failed(_ failures: [MailFailure], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func replied(_ events: [SendEvent], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func unsubscribed(_ events: [SendEvent], in transaction: Transaction) async throws {}
}
