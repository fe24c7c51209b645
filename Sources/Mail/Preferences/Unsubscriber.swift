import Contacts
import Foundation
import JobQueue
import Postgres

/// Unsubscribes and subscribes again, at once (EML-402, EML-403, EML-406, EML-409).
package struct Unsubscriber: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]

  /// Nobody with the address is written to any more.
  ///
  /// - Throws: `PostgresError`.
  package func unsubscribe(_ subject: MailSubject) async throws {
    try await jobs.transaction { transaction in
      try await Self.unsubscribe(
        subject.locked(on: transaction.connection), observers, comments: "User unsubscribed.",
        in: transaction)
    }
  }

  /// The contacts are locked.
  static func unsubscribe(
    _ subject: MailSubject, _ observers: [any MailObserver], comments: String,
    in transaction: Transaction
  ) async throws {
    let outcomes = try await DoNotContactStore.add(
      subject.contacts, channel: "email", reason: .unsubscribed, comments: comments,
      channelID: subject.fact?.email, in: transaction)
    guard outcomes.values.contains(.changed), let fact = subject.fact else { return }
    for observer in observers {
      try await observer.unsubscribed([fact], in: transaction)
    }
    // Who subscribes again and leaves by the same message counts once.
    await transaction.sendWithNext(UnsubscribeStatements.count(fact, now: transaction.now))
  }

  /// The address may be written to again (EML-406).
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
