import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// What operators do with queues and jobs (console.md 4).
  @Suite("Work in the console") struct ConsoleWorkTests {
    /// Changes of contacts by a field of their own: they fail while the field is not published.
    private func change(by field: String, times: Int, _ records: Records) async throws {
      for _ in 0..<times {
        try await records.post(
          "/api/contacts/bulk",
          #"{"action":"tags","add":["tried"],"where":[{"col":"\#(field)","expr":"eq","val":"44"}]}"#
        )
      }
    }

    private func wait(_ figure: String, is count: Int, _ browser: Browser) async throws {
      try await browser.wait(
        for: "document.querySelector('[data-figure=\"\(figure)\"]')?.textContent === '\(count)'")
    }

    private func publish(_ field: Record, _ isPublished: Bool, _ records: Records) async throws {
      try await records.patch(
        "/api/fields/contact/\(field.id)/edit", #"{"isPublished":\#(isPublished)}"#)
    }

    @Test(
      "a paused queue stands; its dead jobs are found by their error, and all like it tried again")
    func pausingAndTryingAgain() async throws {
      let world = try World.current
      let records = world.records
      let before = try await Self.succeeded(records)
      var fields: [Record] = []
      for name in ["shoe", "hat"] {
        fields.append(
          try await records.make(
            "fields/contact", "field",
            #"{"label":"Size of the \#(name)","alias":"\#(name)_size","type":"text"}"#))
      }
      let contact = try await records.make(
        "contacts", "contact",
        #"{"email":"big@example.com","city":"Feetham","shoe_size":"44","hat_size":"44"}"#)
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/work")
        try await browser.press("Pause contacts")
        try await browser.see("contacts is paused.")
        try await change(by: "shoe_size", times: 12, records)
        try await change(by: "hat_size", times: 2, records)
        // The page counts without being asked.
        try await wait("depth-contacts", is: 14, browser)
        // Other queues go on meanwhile.
        _ = try await records.make(
          "segments", "list",
          #"{"name":"Feet","filters":[{"glue":"and","field":"city","object":"lead","type":"text","operator":"=","properties":{"filter":"Feetham"}}]}"#
        )
        let isBuilt = try await eventually { try await records.count("segment:feet") == 1 }
        try #require(isBuilt)
        try await wait("depth-contacts", is: 14, browser)
        try await browser.picture("console-queue-paused")

        for field in fields { try await publish(field, false, records) }
        try await browser.press("Resume contacts")
        try await browser.see("contacts goes on.")
        try await wait("dead-contacts", is: 14, browser)
        try await wait("depth-contacts", is: 0, browser)
        for field in fields { try await publish(field, true, records) }

        try await retryAllLikeOne(browser)
        try await browser.open(world.martlet + "/console/work")
        try await wait("dead-contacts", is: 2, browser)
        try await wait("depth-contacts", is: 0, browser)
        try await browser.open(world.martlet + "/console/contacts/\(contact.id)")
        try await browser.see("tried")
      }
      let succeeded = try await Self.succeeded(records)
      try #require(succeeded == before + 12)
    }

    /// The number of jobs that have changed contacts.
    private static func succeeded(_ records: Records) async throws -> Int {
      let path = "/api/jobs?type=contacts.bulk&state=succeeded&limit=1"
      return try await records.get(path)["total"]?.int ?? 0
    }

    private func retryAllLikeOne(_ browser: Browser) async throws {
      try await browser.press("Jobs", within: ".tabs")
      try await browser.see("hat_size")
      try await browser.fill("State", "dead")
      try await browser.fill("Part of an error", "shoe_size")
      try await browser.keys(Key.enter)
      try await browser.wait(for: "!document.body.innerText.includes('hat_size')")
      try await browser.press("contacts.bulk")
      try await browser.see("The last attempt failed")
      try await browser.press("All like it")
      try await browser.wait(for: "document.querySelectorAll('tbody tr').length === 12")
      try await browser.click(try await browser.field("Select all on this page"))
      try await browser.press("all 12 that match")
      try await browser.picture("console-jobs-dead")
      try await browser.press("Retry", within: ".bulk")
      try await browser.arrive(at: "/console/work/jobs/[0-9a-f-]+")
      try await browser.see("This job does it.")
      // It shows how far it is, and its end, without being asked.
      try await wait("done", is: 12, browser)
      try await browser.see("succeeded")
      try await browser.see("This job does it.")
    }
  }
}
