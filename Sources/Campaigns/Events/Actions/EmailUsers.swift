import Contacts
import Foundation
import Mail
import Postgres
import Primitives

/// Sends an e-mail about the contact to users and further addresses (`email.send.to.user`).
struct EmailUsers: CampaignAction {
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    var outcome = ActionOutcome()
    let properties = event.properties
    let email = Int64(Self.email(properties) ?? 0)
    let addresses = UserNotification.addresses(properties)
    // Each message is about another contact; they have nothing in common.
    for enrollment in enrollments {
      do {
        try await EmailDispatcher.notify(
          UserNotification(
            key: "campaign-\(event.id)-\(enrollment.contact)-\(enrollment.entryRotation)",
            content: .email(email), contact: enrollment.contact,
            users: properties.ids("user_id") ?? [], toOwner: properties.truth("to_owner"),
            addresses: addresses), in: transaction.database)
      } catch let error as NoticeError {
        outcome.failures[enrollment.contact] = ActionFailure(error.description)
      }
    }
    return outcome
  }

  private static func email(_ properties: JSONValue) -> Int? {
    properties["useremail"]?["email"]?.int ?? properties["email"]?.int
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("user_id", in: "users", isRequired: false)
    check.truth("to_owner")
    let addresses = UserNotification.addresses(event.properties)
    for address in addresses where !UserNotification.isAddress(address) {
      check.refuse("to", "\(InvalidInput.shown(address)) is neither an address nor a token")
    }
    let isNobody =
      event.properties.ids("user_id") == [] && !event.properties.truth("to_owner")
      && addresses.isEmpty
    if isNobody { check.refuseReference("user_id", "nobody is to get the e-mail") }
    guard let email = email(event.properties) else {
      return check.refuseReference("useremail", "email is required: the number of an e-mail")
    }
    let known = try await RecordStore.existing(
      [Int64(email)], in: "emails", on: check.connection)
    if known.isEmpty { check.refuseReference("useremail", "there is no \(email)") }
  }
}
