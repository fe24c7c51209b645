import Contacts
import Foundation
import Mail
import Postgres

/// Sends an e-mail (`email.send`). The entry counts as executed once the send is recorded, in the same
/// transaction; from then on Mail guarantees the delivery (email.md 5).
struct SendEmail: CampaignAction {
  let office: EmailDispatcher
  /// The maximum number of attempts at a message that a frequency rule holds back.
  private static let mostAttempts = 1_000

  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let email = event.properties["email"]?.int else {
      return .noted(enrollments, MailRefusal.missing.note)
    }
    let isTransactional = event.properties["email_type"]?.text == SendKind.transactional.rawValue
    let order = SendRequest(
      email: Int64(email), kind: isTransactional ? .transactional : .marketing,
      source: .campaignEvent(event.id),
      // The event, the contact and the rotation identify a send (EML-210).
      recipients: enrollments.map {
        .init(contact: $0.contact, key: "campaign-\(event.id)-\($0.contact)-\($0.entryRotation)")
      },
      priority: min(max(event.properties["priority"]?.int ?? 2, 1), 2),
      maxAttempts: min(max(event.properties["attempts"]?.int ?? 3, 1), Self.mostAttempts))
    let refusals = try await office.dispatch(order, in: transaction.database)
    var outcome = ActionOutcome()
    outcome.notes = refusals.mapValues(\.note)
    return outcome
  }

  static let check: PropertyCheck = { event, check in
    check.number("priority", 1...2)
    check.number("attempts", 1...Self.mostAttempts)
    if let type = event.properties["email_type"]?.text, !type.isEmpty,
      SendKind(rawValue: type) == nil
    {
      check.refuse(
        "email_type", "\(InvalidInput.shown(type)) is neither marketing nor transactional")
    }
    guard let email = event.properties["email"]?.int else {
      return check.refuseReference("email", "is required: the number of an e-mail")
    }
    let type = try await RecordStore.emailType(Int64(email), on: check.connection)
    guard let kind = type else {
      return check.refuseReference("email", "there is no \(email)")
    }
    // A segment e-mail cannot be chosen in a campaign (EML-136).
    if kind != "template" {
      check.refuse("email", "\(email) is a segment e-mail; only template e-mails can be chosen")
    }
  }
}
