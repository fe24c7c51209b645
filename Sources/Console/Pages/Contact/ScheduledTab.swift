/// The tab with all that is foreseen for a contact.
struct ScheduledTab: Sendable {
  let contact: ContactRecord
  let page: PageRequest

  func callAsFunction() -> HTML {
    guard !contact.planned.isEmpty else {
      return Panel(isPadded: false)(
        EmptyState(
          title: page.texts("Nothing is scheduled"),
          text: page.texts(
            "What campaigns will do with this contact stands here, and messages that wait for a better time."
          ), icon: "schedule")(page), page)
    }
    return Panel(page.texts("Scheduled"), isPadded: false)(
      PlannedList(contact: contact, page: page)(), page)
  }
}
