import Contacts
package import Mail

extension PointTriggerActions {
  /// Adds the events that send e-mails: to the contact, or about it to users.
  package mutating func addMail(_ dispatcher: EmailDispatcher) {
    add(.sendEmail) { call in
      guard let email = call.event.properties["email"]?.int else {
        throw InvalidInput("email", "is required: the number of an e-mail")
      }
      let refusals = try await dispatcher.dispatch(
        SendRequest(
          email: Int64(email), kind: .transactional,
          source: SendSource(kind: "trigger", id: call.event.id),
          recipients: call.contacts.map {
            .init(contact: $0, key: "trigger-\(call.event.id)-\($0)")
          }), in: call.transaction)
      return refusals.mapValues { .refused($0.note) }
    }
    add(.sendEmailToUser) { call in
      var outcomes: [Int64: PointTriggerOutcome] = [:]
      let properties = call.event.properties
      let email = properties["useremail"]?["email"]?.int ?? properties["email"]?.int ?? 0
      for contact in call.contacts {
        do {
          try await EmailDispatcher.notify(
            UserNotification(
              key: "trigger-\(call.event.id)-\(contact)", content: .email(Int64(email)),
              contact: contact, users: Self.users(of: call.event),
              toOwner: EventProperties.isToOwner(properties),
              addresses: UserNotification.addresses(properties)), in: call.transaction)
        } catch let error as NoticeError {
          outcomes[contact] = .failed(error.description)
        }
      }
      return outcomes
    }
  }

  /// Returns the ids of the users whom an event notifies.
  private static func users(of event: PointTriggerEvent) -> [Int64] {
    switch event.properties["user_id"] {
    case .array(let items)?: items.compactMap { $0.int.map(Int64.init) }
    case let value?: [value.int.map(Int64.init)].compactMap(\.self)
    case nil: []
    }
  }
}
