import Foundation
package import JobQueue
package import Mail
import Postgres

/// Gives points for e-mails that are sent and opened (points-stages-forms.md 1.3).
package struct PointMailObserver: MailObserver {
  package init() {}

  package func sent(_ facts: [SendEvent], in transaction: Transaction) async throws {
    try await PointActions.record(facts.compactMap { engagement(.emailSend, $0) }, in: transaction)
  }

  package func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {
    // A send is one act, however often it is opened (PTS-11).
    try await PointActions.record(
      opens.compactMap { engagement(.emailOpen, $0.fact) }, in: transaction)
  }

  private func engagement(_ type: PointActionType, _ fact: SendEvent) -> PointEngagement? {
    guard let contact = fact.contact else { return nil }
    return PointEngagement(
      type, contact: contact, id: String(fact.send),
      subjects: Array(Set([fact.email, fact.family].compactMap(\.self))), at: fact.at)
  }
}
