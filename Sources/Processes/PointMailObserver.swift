import Foundation
import JobQueue
import Mail
import Points
import Postgres

/// Gives points for what happens to e-mails (points-stages-forms.md 1.3): they are neighbours, so the
/// processes bring them together.
struct PointMailObserver: MailObserver {
  func sent(
    _ facts: [MailFact], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    let acts = facts.compactMap { Self.act(.emailSend, $0, id: "\($0.send)") }
    try await PointActions.record(acts, now: now, on: connection)
  }

  func opened(
    _ opens: [MailOpen], now: Date, on connection: PostgresConnection, outbox: JobOutbox
  ) async throws {
    let acts = opens.compactMap { open in
      // Each open is an act of its own, told from the others by its time.
      Self.act(
        .emailOpen, open.fact, id: "\(open.fact.send)@\(open.fact.at.timeIntervalSince1970)")
    }
    try await PointActions.record(acts, now: now, on: connection)
  }

  private static func act(_ type: PointActionType, _ fact: MailFact, id: String) -> PointAct? {
    guard let contact = fact.contact else { return nil }
    return PointAct(
      type, contact: contact, id: id, subjects: [fact.email, fact.family].compactMap(\.self),
      at: fact.at)
  }
}
