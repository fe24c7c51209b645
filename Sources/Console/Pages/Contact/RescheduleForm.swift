import API
import Foundation

/// Gives an event of a campaign another time for a contact, and cancels what is foreseen.
enum RescheduleForm {
  /// The form with the date and the time, in the user's zone.
  static func show(_ page: PageRequest) async throws -> PageAnswer {
    let contact = try await ContactRecord.read(page)
    let event = try event(contact, page)
    let time = Formats.date(event.time).map(page.formats.input) ?? ""
    return .page(form(contact, event, FormValues(["triggerDate": .string(time)]), page))
  }

  static func save(_ page: PageRequest) async throws -> PageAnswer {
    let (id, event) = (try page.id, try page.request.pathNumber("event"))
    let body = try await FormBody(page)
    do {
      guard let date = body.text("triggerDate").flatMap(page.formats.date(input:)) else {
        let text = page.texts("A date and a time are needed.")
        throw APIError(.badRequest, text, details: [("triggerDate", [text])])
      }
      let change: JSONValue = ["triggerDate": .string(date.formatted(.iso8601))]
      try await page.send(.put, "campaigns/events/\(event)/contact/\(id)/edit", change)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      let contact = try await ContactRecord.read(page)
      var shown = form(contact, try self.event(contact, page), FormValues(body, error), page)
      shown.status = error.status
      return .page(shown)
    }
    return .redirect(to: "contacts/\(id)?tab=scheduled", message: page.texts("Rescheduled."))
  }

  /// Cancels an event of a campaign.
  static func cancelEvent(_ page: PageRequest) async throws -> PageAnswer {
    let (id, event) = (try page.id, try page.request.pathNumber("event"))
    try await page.send(.delete, "campaigns/events/\(event)/contact/\(id)")
    return .redirect(to: "contacts/\(id)?tab=scheduled", message: page.texts("Cancelled."))
  }

  /// Cancels a message that is held back.
  static func cancelMessage(_ page: PageRequest) async throws -> PageAnswer {
    let (id, entry) = (try page.id, try page.request.pathNumber("entry"))
    try await page.send(.post, "contacts/\(id)/messages/\(entry)/cancel")
    return .redirect(to: "contacts/\(id)?tab=scheduled", message: page.texts("Cancelled."))
  }

  /// What is foreseen of the event in the path.
  private static func event(
    _ contact: ContactRecord, _ page: PageRequest
  ) throws -> PlannedEvent {
    let wanted = String(try page.request.pathNumber("event"))
    let found = contact.planned.first { planned in
      if case .campaign(let id) = planned.kind { id == wanted } else { false }
    }
    guard let found else { throw APIError.notFound }
    return found
  }

  private static func form(
    _ contact: ContactRecord, _ event: PlannedEvent, _ values: FormValues, _ page: PageRequest
  ) -> Page {
    let warning =
      event.isWarning
      ? Alert(.warn, page.texts("The first try failed. {error}", ["error": event.error]))(page)
      : .empty
    let zone = page.formats.zone.identifier
    let field = FormField(
      "triggerDate", page.texts("Date and time"), .moment,
      hint: page.texts(
        "In your time zone, {zone}. A time that has passed means at once.",
        ["zone": zone == "GMT" ? "UTC" : zone]), isRequired: true)
    return ContactSubform(
      contact: contact, page: page, title: page.texts("Reschedule {event}", ["event": event.title]),
      back: "?tab=scheduled", button: page.texts("Reschedule")
    )([FormSection("", [field])], values, above: warning)
  }
}

extension Formats {
  /// The time that a field of the kind `datetime-local` has, in the user's zone; nil for another text.
  func date(input: String) -> Date? {
    let parts = input.split { !$0.isNumber }.compactMap { Int($0) }
    guard parts.count >= 5 else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar.date(
      from: DateComponents(
        year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4]))
  }
}
