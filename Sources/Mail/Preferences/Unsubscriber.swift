import Contacts
import Foundation
import JobQueue
import Postgres

/// Unsubscribes and resubscribes contacts, effective at once (EML-402, EML-403, EML-406, EML-409).
package struct Unsubscriber: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]

  /// Unsubscribes all contacts with the address.
  ///
  /// - Throws: `PostgresError`.
  package func unsubscribe(_ subject: MailSubject) async throws {
    try await jobs.transaction { transaction in
      try await Self.unsubscribe(
        subject.locked(on: transaction.connection), observers, comments: "User unsubscribed.",
        in: transaction)
    }
  }

  /// Unsubscribes contacts that are locked.
  static func unsubscribe(
    _ subject: MailSubject, _ observers: [any MailObserver], comments: String,
    in transaction: Transaction
  ) async throws {
    let outcomes = try await DoNotContactStore.add(
      subject.contacts, channel: "email", reason: .unsubscribed, comments: comments,
      channelID: subject.event?.email, in: transaction)
    guard outcomes.values.contains(.changed), let event = subject.event else { return }
    for observer in observers {
      try await observer.unsubscribed([event], in: transaction)
    }
    // Unsubscribing again through the same message counts once.
    await transaction.sendWithNext(UnsubscribeStatements.count(event, now: transaction.now))
  }

  /// Resubscribes the address (EML-406).
  ///
  /// - Throws: `PostgresError`.
  package func resubscribe(_ subject: MailSubject) async throws {
    try await jobs.transaction { transaction in
      _ = try await DoNotContactStore.remove(
        subject.locked(on: transaction.connection).contacts, channel: "email",
        comments: "User subscribed again.", in: transaction)
    }
  }
}
