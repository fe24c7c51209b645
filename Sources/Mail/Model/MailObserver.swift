package import Foundation
package import JobQueue
import Postgres

/// A send, as those who act on it see it.
package struct SendEvent: Sendable, Equatable {
  /// The send's number.
  package var send: Int64
  /// Who it is for; nil once the contact is gone.
  package var contact: Int64?
  /// The version that was sent; nil once the e-mail is gone.
  package var email: Int64?
  /// The parent of that version, or itself.
  package var family: Int64?
  /// What caused it.
  package var source: SendSource
  /// When it happened.
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

/// A send that failed for good.
package struct MailFailure: Sendable, Equatable {
  package var fact: SendEvent
  /// Why, as people read it.
  package var reason: String
}

/// An e-mail that was opened.
package struct MailOpen: Sendable, Equatable {
  /// The send, and when it was opened.
  package var fact: SendEvent
  /// Whether it is the first time.
  package var isFirst: Bool
}

/// A link of an e-mail that was followed.
package struct MailClick: Sendable, Equatable {
  /// The send, and when the link was followed.
  package var fact: SendEvent
  /// The link's target as it stands in the e-mail.
  package var url: String
}

/// Who acts on what happens to e-mails: campaigns, points. Each function is called in the transaction
/// that records it, with sets; a second delivery of the same fact never comes here.
package protocol MailObserver: Sendable {
  /// The transport has accepted e-mails.
  func sent(_ facts: [SendEvent], in transaction: Transaction) async throws
  /// E-mails are given up.
  func failed(_ failures: [MailFailure], in transaction: Transaction) async throws
  /// E-mails were opened, each as often as it stands here.
  func opened(_ opens: [MailOpen], in transaction: Transaction) async throws
  /// Links were followed.
  func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws
  /// E-mails were answered.
  func replied(_ facts: [SendEvent], in transaction: Transaction) async throws
  /// Contacts have unsubscribed by the e-mail.
  func unsubscribed(_ facts: [SendEvent], in transaction: Transaction) async throws
}

extension MailObserver {
  /// Does nothing.
  package func sent(_ facts: [SendEvent], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func failed(_ failures: [MailFailure], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func clicked(_ clicks: [MailClick], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func replied(_ facts: [SendEvent], in transaction: Transaction) async throws {}
  /// Does nothing.
  package func unsubscribed(_ facts: [SendEvent], in transaction: Transaction) async throws {}
}
