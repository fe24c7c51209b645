import Contacts
import Foundation
import JobQueue
import Postgres

/// Unsubscribes and resubscribes contacts, effective at once (EML-402, EML-403, EML-406, EML-409). The wish is kept for the
/// address too, whether there is a contact or not (EML-414).
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
    try await SuppressionStore.add(subject.address, in: transaction)
    guard outcomes.values.contains(.changed), let event = subject.event else { return }
    for observer in observers {
      try await observer.unsubscribed([event], in: transaction)
    }
    // Unsubscribing again through the same message counts once.
    await transaction.sendWithNext(UnsubscribeStatements.count(event, now: transaction.now))
  }

  /// Resubscribes the address: takes back what its owner has said, and nothing that others have said (EML-406).
  ///
  /// - Returns: Whether e-mails are sent to it now.
  /// - Throws: `PostgresError`.
  package func resubscribe(_ subject: MailSubject) async throws -> Bool {
    try await jobs.transaction { transaction in
      let subject = try await subject.locked(on: transaction.connection)
      return try await Self.resubscribe(subject, in: transaction)
    }
  }

  /// Resubscribes contacts that are locked.
  static func resubscribe(
    _ subject: MailSubject, in transaction: Transaction
  ) async throws -> Bool {
    try await SuppressionStore.lift(subject.address, in: transaction)
    _ = try await DoNotContactStore.remove(
      subject.contacts, channel: "email", onlyFor: .unsubscribed,
      comments: "User subscribed again.", in: transaction)
    return try await transaction.query(UnsubscribeStatements.barred(subject.contacts)).isEmpty
  }
}
