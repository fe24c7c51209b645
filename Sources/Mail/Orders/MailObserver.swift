public import Foundation
public import JobQueue
public import Postgres

/// A send, as those who act on it see it.
public struct MailFact: Sendable, Equatable {
  /// The send's number.
  public var send: Int64
  /// Who it is for; nil once the contact is gone.
  public var contact: Int64?
  /// The version that was sent; nil once the e-mail is gone.
  public var email: Int64?
  /// The parent of that version, or itself.
  public var family: Int64?
  /// What caused it.
  public var source: SendSource
  /// When it happened.
  public var at: Date

  /// A fact.
  public init(
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
public struct MailFailure: Sendable, Equatable {
  /// The send.
  public var fact: MailFact
  /// Why, as people read it.
  public var reason: String
}

/// An e-mail that was opened.
public struct MailOpen: Sendable, Equatable {
  /// The send, and when it was opened.
  public var fact: MailFact
  /// Whether it is the first time.
  public var isFirst: Bool
}

/// A link of an e-mail that was followed.
public struct MailClick: Sendable, Equatable {
  /// The send, and when the link was followed.
  public var fact: MailFact
  /// The link's target as it stands in the e-mail.
  public var url: String
}

/// Who acts on what happens to e-mails: campaigns, points. Each function is called in the transaction
/// that records it, with sets; a second delivery of the same fact never comes here.
public protocol MailObserver: Sendable {
  /// The transport has accepted e-mails.
  func sent(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
  /// E-mails are given up.
  func failed(
    _ failures: [MailFailure], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
  /// E-mails were opened, each as often as it stands here.
  func opened(
    _ opens: [MailOpen], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
  /// Links were followed.
  func clicked(
    _ clicks: [MailClick], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
  /// E-mails were answered.
  func replied(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
  /// Contacts have unsubscribed by the e-mail.
  func unsubscribed(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws
}

extension MailObserver {
  /// Does nothing.
  public func sent(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
  /// Does nothing.
  public func failed(
    _ failures: [MailFailure], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
  /// Does nothing.
  public func opened(
    _ opens: [MailOpen], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
  /// Does nothing.
  public func clicked(
    _ clicks: [MailClick], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
  /// Does nothing.
  public func replied(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
  /// Does nothing.
  public func unsubscribed(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {}
}
