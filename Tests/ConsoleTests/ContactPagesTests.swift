import API
import Foundation
import Testing

@testable import Console

@Suite("The page of a contact (CSL-4, CSL-6)") struct ContactPagesTests {
  @Test(
    "A time of a form is in the user's zone",
    arguments: [("Europe/Berlin", "2026-07-01T10:30"), ("America/New_York", "2026-12-03T00:05")])
  func timesOfForms(zone: String, text: String) throws {
    let formats = Formats(.english, zone: zone)
    let date = try #require(formats.date(input: text))
    #expect(formats.input(date) == text)
    #expect(formats.date(input: "tomorrow") == nil)
  }

  @Test("Notes with markup are shown as text")
  func notes() {
    #expect(PlainText.of("a < b") == "a < b")
    #expect(PlainText.of("<p>One</p><p>two<br>three</p>") == "One\ntwo\nthree\n")
    #expect(PlainText.of("&amp;lt;script&amp;gt;") == "&lt;script&gt;")
  }

  @Test("What is over or runs elsewhere is not foreseen")
  func planned() throws {
    let event: (String) -> JSONValue = { state in
      [
        "event": "campaign.event.scheduled",
        "details": [
          "eventId": 7, "state": .string(state), "event": "Send", "triggerDate": "2026-12-12",
          "isWarning": true, "attempts": 1, "error": "no answer",
        ],
      ]
    }
    let found = try #require(PlannedEvent(event("scheduled")))
    #expect(found.isWarning && found.error == "no answer")
    #expect(found.reschedulePath == "events/7/reschedule")
    #expect(PlannedEvent(event("running"))?.isRunning == true)
    #expect(PlannedEvent(event("cancelled")) == nil)
    #expect(PlannedEvent(["event": "page.hit", "details": [:]]) == nil)
  }

  @Test("Every icon of a history is in the file of icons")
  func icons() throws {
    let icons = String(decoding: PackageResources.icons_svg, as: UTF8.self)
    for look in HistoryType.all.values { #expect(icons.contains("id=\"\(look.icon)\"")) }
  }
}
