package import Foundation
package import JobQueue
package import Mail
package import Postgres

/// Gives points for e-mails that are sent and opened (points-stages-forms.md 1.3).
package struct PointMailObserver: MailObserver {
  package init() {}

  package func sent(
    _ facts: [SendEvent], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    try await PointActions.record(
      facts.compactMap { engagement(.emailSend, $0) }, now: now, on: connection)
  }

  package func opened(
    _ opens: [MailOpen], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    // A send is one act, however often it is opened (PTS-11).
    try await PointActions.record(
      opens.compactMap { engagement(.emailOpen, $0.fact) }, now: now, on: connection)
  }

  private func engagement(_ type: PointActionType, _ fact: SendEvent) -> PointEngagement? {
    guard let contact = fact.contact else { return nil }
    return PointEngagement(
      type, contact: contact, id: String(fact.send),
      subjects: Array(Set([fact.email, fact.family].compactMap(\.self))), at: fact.at)
  }
}
