import Foundation
import Postgres
import Users

/// Writes a note into users' inboxes (`user.notify`).
struct NotifyUsers: CampaignAction {
  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let title = TokenText(event.properties["title"]?.text ?? event.name)
    let body = TokenText(event.properties["body"]?.text ?? "")
    let users = event.properties.ids("users") ?? []
    let contacts = enrollments.map(\.contact)
    let values = try await transaction.tokens(title.names.union(body.names), of: contacts)
    var owners: [Int64: Int64] = [:]
    if event.properties.truth("to_owner") {
      owners = try await RecordStore.owners(of: contacts, on: transaction.connection)
    }
    var notes: [(user: Int64, title: String, body: String)] = []
    for contact in contacts {
      let known = values[contact] ?? [:]
      let recipients = Set(users + [owners[contact]].compactMap(\.self)).sorted()
      for user in recipients {
        notes.append((user, title.filled(known), body.filled(known)))
      }
    }
    try await InboxStore.post(notes, in: transaction.database)
    return ActionOutcome()
  }

  static let check: PropertyCheck = { event, check in
    check.text("title")
    check.truth("to_owner")
    try await check.records("users", in: "users", isRequired: false)
    if event.properties.ids("users") == [], !event.properties.truth("to_owner") {
      check.refuseReference("users", "nobody is to be notified")
    }
  }
}
