import Foundation
import TestSupport
import Testing

extension ForeignPages {
  /// Contacts, one and many (console.md 3, Contacts and Contact).
  @Suite("Contacts in the console") struct ConsoleContactTests {
    @Test("10,000 contacts that match get a tag by one job, with its progress")
    func changesManyContacts() async throws {
      let world = try World.current
      try await Self.importMany(10_000, world)
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/contacts?search=tag%3Acrowd")
        try await browser.see("10,000")
        try await browser.click("[data-select-all]")
        try await browser.press("all 10,000 that match", within: ".bulk")
        try await browser.press("Tags", within: ".bulk")
        try await browser.arrive(at: "/console/contacts/batch")
        try await browser.see("All 10,000 contacts that match")
        try await browser.fill("Add", "changed-together")
        try await browser.press("Apply")
        try await browser.arrive(at: "/console/contacts/bulk/[^/]+")
        try await browser.wait(
          for: "document.body.innerText.replace(/\\s+/g, ' ').includes('Changed 10,000')")
        let changed = try await world.records.count("tag:changed-together")
        try #require(changed == 10_000)
      }
    }

    /// Imports contacts with the tag `crowd`.
    private static func importMany(_ count: Int, _ world: World) async throws {
      let rows = (1...count).map { "Crowd,\($0),crowd\($0)@crowd.example" }
      let text = "firstname,lastname,email\n" + rows.joined(separator: "\n") + "\n"
      let file = try world.file("crowd.csv", Data(text.utf8))
      try await world.command(["import", file.path, "--tag", "crowd", "--watch"])
    }

    @Test("a scheduled event is put off from the contact's history, and another is cancelled")
    func reschedulesAndCancels() async throws {
      let world = try World.current
      let records = world.records
      let contact = try await records.make(
        "contacts", "contact", #"{"firstname":"Sol","email":"sol@later.example"}"#)
      let segment = try await records.make("segments", "list", #"{"name":"Later"}"#)
      let campaign = try await records.make(
        "campaigns", "campaign",
        """
        {"name":"Later","isPublished":true,"lists":[\(segment.id)],"events":[
        {"id":"new1","name":"Ten points","type":"lead.changepoints","eventType":"action","order":1,
         "properties":{"points":10},"triggerMode":"interval","triggerInterval":3,"triggerIntervalUnit":"d"},
        {"id":"new2","name":"Five points","type":"lead.changepoints","eventType":"action","order":2,
         "properties":{"points":5},"triggerMode":"interval","triggerInterval":4,"triggerIntervalUnit":"d"}]}
        """)
      try await records.add(contact, to: campaign)
      let arePlanned = try await eventually {
        try await records.statistics("campaign_lead_event_log", "lead_id", contact.id).count == 2
      }
      try #require(arePlanned)
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/contacts/\(contact.id)?tab=scheduled")
        try await browser.press("Reschedule Ten points")
        try await browser.arrive(at: "/console/contacts/[0-9]+/events/[0-9]+/reschedule")
        let field = try await browser.field("Date and time")
        try await browser.run("arguments[0].value = '2031-02-03T04:05'", field)
        try await browser.press("Reschedule", within: "main form")
        try await browser.see("3 Feb 2031, 04:05")
        try await browser.press("Cancel Five points")
        try await browser.accept()
        try await browser.wait(
          for: "!document.querySelector('main').innerText.includes('Five points')")
      }
    }

    @Test("by keyboard alone: a contact is added, found, opened and noted about")
    func goesByKeyboard() async throws {
      let world = try World.current
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/contacts/quick")
        try await browser.tab(to: "First Name")
        try await browser.keys("Kay" + Key.tab + "Board" + Key.tab + "kay@board.example")
        try await browser.keys(Key.enter)
        try await browser.arrive(at: "/console/contacts/[0-9]+")
        try await browser.see("Kay Board")
        try await browser.tab(to: "Contacts")
        try await browser.keys(Key.enter)
        try await browser.arrive(at: "/console/contacts")
        try await browser.tab(to: "Search contacts")
        try await browser.keys("kay@board.example" + Key.enter)
        try await browser.wait(for: "location.search.includes('kay')")
        try await browser.tab(to: "Kay Board")
        try await browser.keys(Key.enter)
        try await browser.arrive(at: "/console/contacts/[0-9]+")
        try await browser.tab(to: "Notes")
        try await browser.keys(Key.enter)
        try await browser.wait(for: "location.search === '?tab=notes'")
        try await browser.tab(to: "Text")
        try await browser.keys("Called back.")
        try await browser.tab(to: "Add note")
        try await browser.keys(Key.enter)
        try await browser.see("Called back.")
      }
    }
  }
}
