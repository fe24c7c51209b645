import Foundation
import TestSupport
import Testing

extension ForeignPages {
  /// Segments as marketers build them (console.md 3, Segments).
  @Suite("Segments in the console") struct ConsoleSegmentTests {
    @Test("a nested segment is built by keyboard, and tells its count while it is built")
    func buildsANestedSegment() async throws {
      let world = try World.current
      let records = world.records
      for name in ["Ada", "Ben", "Cleo"] {
        _ = try await records.make(
          "contacts", "contact",
          #"{"firstname":"\#(name)","lastname":"Nest","email":"\#(name)@nest.example","city":"Nesttown"}"#
        )
      }
      let other = try await records.make(
        "contacts", "contact", #"{"firstname":"Dan","lastname":"Nest","email":"dan@nest.example"}"#)
      let inner = try await records.make("segments", "list", #"{"name":"Nest builders"}"#)
      try await records.post("/api/segments/\(inner.id)/contact/\(other.id)/add")
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/segments/new")
        try await browser.press("Add a filter")
        try await Self.choose("City", browser)
        try await browser.keys("nesttown")
        try await browser.wait(for: Self.count(3))
        // Contacts of another segment beside them, but none that came long ago.
        try await browser.press("Add a group with “or”")
        try await Self.choose("Segment membership", browser)
        try await browser.keys("Nest b")
        try await browser.wait(
          for:
            "[...document.querySelectorAll('[role=option]')].some(one => one.innerText === 'Nest builders')"
        )
        try await browser.keys(Key.enter)
        try await browser.wait(for: Self.count(4))
        try await browser.see("Dan Nest")
        try await browser.fill("Name", "Nested")
        try await browser.press("Create segment")
        try await browser.arrive(at: "/console/segments/[0-9]+")
        let isBuilt = try await eventually { try await records.count("segment:nested") == 4 }
        try #require(isBuilt)
        try await browser.open(world.martlet + "/console/contacts?search=segment:nested")
        try await browser.see("Cleo Nest")
      }
    }

    /// Types a field's name where the keyboard is and takes the first that is found; the keyboard is at its value then.
    private static func choose(_ field: String, _ browser: Browser) async throws {
      try await browser.wait(for: "document.activeElement.getAttribute('aria-label') === 'Field'")
      try await browser.keys(field)
      try await browser.wait(
        for:
          "[...document.querySelectorAll('[role=option]')].some(one => one.innerText.startsWith('\(field)'))"
      )
      try await browser.keys(Key.enter)
      try await browser.wait(
        for: "document.activeElement.getAttribute('aria-label') === '\(field): value'")
    }

    private static func count(_ number: Int) -> String {
      "document.querySelector('.segment-count').innerText === '\(number)'"
    }
  }
}
