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
    let now = jobs.clock.now
    try await jobs.transaction { connection, outbox in
      try await Self.unsubscribe(
        subject.locked(on: connection), observers, comments: "User unsubscribed.", now: now,
        on: connection, outbox: outbox)
    }
  }

  /// The contacts are locked.
  static func unsubscribe(
    _ subject: MailSubject, _ observers: [any MailObserver], comments: String, now: Date,
    on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    let outcomes = try await DoNotContactStore.add(
      subject.contacts, channel: "email", reason: .unsubscribed, comments: comments,
      channelID: subject.fact?.email, now: now, on: connection)
    guard outcomes.values.contains(.changed), let fact = subject.fact else { return }
    for observer in observers {
      try await observer.unsubscribed([fact], now: now, on: connection, outbox: outbox)
    }
    // Who subscribes again and leaves by the same message counts once.
    await connection.sendWithNext(UnsubscribeStatements.count(fact, now: now))
  }

  /// The address may be written to again (EML-406).
  ///
  /// - Throws: `PostgresError`.
  package func resubscribe(_ subject: MailSubject) async throws {
    let now = jobs.clock.now
    try await jobs.postgres.transaction { connection in
      _ = try await DoNotContactStore.remove(
        subject.locked(on: connection).contacts, channel: "email",
        comments: "User subscribed again.", now: now,
        on: connection)
    }
  }
}
