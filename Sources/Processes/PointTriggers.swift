import Campaigns
import Contacts
import Mail
import Points

extension Backends {
  /// Actions of point triggers that need other modules (PTS-25).
  var pointTriggerActions: PointTriggerActions {
    var actions = PointTriggerActions()
    let (office, members) = (mail.office, campaigns.members)
    actions.add(.sendEmail) { call in
      guard let email = call.event.properties["email"]?.int else {
        throw InvalidInput("email", "is required: the number of an e-mail")
      }
      let refusals = try await office.place(
        SendRequest(
          email: Int64(email), kind: .transactional,
          source: SendSource(kind: "trigger", id: call.event.id),
          recipients: call.contacts.map {
            .init(contact: $0, key: "trigger-\(call.event.id)-\($0)")
          }),
        now: call.now, on: call.connection, outbox: call.outbox)
      return refusals.mapValues { .refused($0.note) }
    }
    actions.add(.changeCampaigns) { call in
      let (added, removed) = try call.event.campaigns()
      try await members.change(
        call.contacts, adding: added, removing: removed, as: .exit, now: call.now,
        on: call.connection, call.outbox)
      return [:]
    }
    actions.add(.sendEmailToUser) { call in
      var outcomes: [Int64: PointTriggerOutcome] = [:]
      let properties = call.event.properties
      let email = properties["useremail"]?["email"]?.int ?? properties["email"]?.int ?? 0
      for contact in call.contacts {
        do {
          try await EmailDispatcher.notify(
            UserNotification(
              key: "trigger-\(call.event.id)-\(contact)", content: .email(Int64(email)),
              contact: contact, users: Self.numbers("user_id", call),
              toOwner: ["1", "true", "yes", "on"].contains(
                properties["to_owner"]?.text?.lowercased() ?? ""),
              addresses: UserNotification.addresses(properties)),
            now: call.now, on: call.connection, outbox: call.outbox)
        } catch let error as NoticeError {
          outcomes[contact] = .failed(error.description)
        }
      }
      return outcomes
    }
    actions.add(.webhook) { call in
      try CampaignService.callWebhook(
        call.event.properties, about: call.contacts, key: "trigger-\(call.event.id)", call.outbox)
      return [:]
    }
    return actions
  }

  /// The ids that a property names.
  private static func numbers(_ member: String, _ call: PointTriggerCall) -> [Int64] {
    switch call.event.properties[member] {
    case .array(let items)?: items.compactMap { $0.int.map(Int64.init) }
    case let value?: [value.int.map(Int64.init)].compactMap(\.self)
    case nil: []
    }
  }
}
