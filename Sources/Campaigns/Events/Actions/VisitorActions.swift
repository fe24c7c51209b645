import Contacts
import Foundation
import Tracking

/// Leaves an event for Google Analytics or Facebook's pixel, which the contact's next page sends
/// (`tracking.pixel.send`).
struct SendPixelEvent: CampaignAction {
  static let type = "tracking.pixel.send"
  /// The most characters of a text.
  private static let longest = 191
  private static let services: [VisitorContent.Service] = [.analytics, .pixel]

  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    let properties = event.properties
    func text(_ member: String) -> String { properties[member]?.text ?? "" }
    let named = properties.texts("services")
    let contents = Self.services.filter { named.contains($0.rawValue) }.map {
      VisitorContent.event(
        text("action"), label: text("label"), category: text("category"), for: $0)
    }
    guard !contents.isEmpty else { return .noted(enrollments, "no service is named") }
    return try await transaction.leave(contents, for: enrollments)
  }

  static let check: PropertyCheck = { event, check in
    check.texts("services")
    let named = event.properties.texts("services")
    if named.isEmpty { check.refuse("services", "is required") }
    for name in named where !services.contains(where: { $0.rawValue == name }) {
      check.refuse(
        "services",
        "\(InvalidInput.shown(name)) is none of \(services.map(\.rawValue).joined(separator: ", "))"
      )
    }
    check.text("action")
    for member in ["category", "label"] { check.optionalText(member) }
    for member in ["action", "category", "label"]
    where event.properties[member]?.text.map({ $0.unicodeScalars.count > longest }) == true {
      check.refuse(member, "has more than \(longest) characters")
    }
  }
}

/// Leaves a focus item, which the contact's next page shows (`focus.show`).
struct ShowFocusItem: CampaignAction {
  static let type = "focus.show"
  private static let table = "focus_items"

  func run(_ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction)
    async throws -> ActionOutcome
  {
    guard let item = event.properties.ids("focus")?.first else {
      return .noted(enrollments, "no focus item is given")
    }
    let known = try await RecordStore.existing(
      [item], in: Self.table, on: transaction.connection)
    guard !known.isEmpty else {
      return .noted(enrollments, "the focus item \(item) does not exist")
    }
    return try await transaction.leave([.focusItem(item)], for: enrollments)
  }

  static let check: PropertyCheck = { event, check in
    try await check.records("focus", in: table, isRequired: true)
    if let ids = event.properties.ids("focus"), ids.count > 1 {
      check.refuse("focus", "names more than one focus item")
    }
  }
}

extension CampaignTransaction {
  /// Leaves contents for the next hits of contacts; those for whom too much waits already get a note.
  fileprivate func leave(
    _ contents: [VisitorContent], for enrollments: [Enrollment]
  ) async throws -> ActionOutcome {
    let contacts = try await ContactLock.lock(enrollments.map(\.contact), on: connection)
    var outcome = ActionOutcome()
    for contact in try await VisitorContentStore.leave(contents, for: contacts, in: database) {
      outcome.notes[contact] = "\(VisitorContent.most) contents wait for the contact already"
    }
    return outcome
  }
}
