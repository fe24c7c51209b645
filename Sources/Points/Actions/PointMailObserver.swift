import Foundation
package import JobQueue
package import Mail
import Postgres

/// Gives points for e-mails that are sent and opened (points-stages-forms.md 1.3).
package struct PointMailObserver: MailObserver {
  package init() {}

  package func sent(_ events: [SendEvent], in transaction: Transaction) async throws {
    try await PointActions.record(events.compactMap { engagement(.emailSend, $0) }, in: transaction)
  }

  package func opened(_ opens: [MailOpen], in transaction: Transaction) async throws {
    // A send is one engagement, however often it is opened (PTS-11).
    try await PointActions.record(
      opens.compactMap { open in
        var engagement = engagement(.emailOpen, open.event)
        engagement?.isByMachine = open.machine != nil
        return engagement
      }, in: transaction)
  }

  private func engagement(_ type: PointActionType, _ event: SendEvent) -> PointEngagement? {
    guard let contact = event.contact else { return nil }
    return PointEngagement(
      type, contact: contact, id: String(event.send),
      subjects: Array(Set([event.email, event.family].compactMap(\.self))), at: event.at)
  }
}
