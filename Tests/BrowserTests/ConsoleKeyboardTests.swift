import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// The islands without a mouse (CSL-6).
  @Suite("The console by keyboard alone") struct ConsoleKeyboardTests {
    @Test("a segment of two groups is built, counted while it is, and saved")
    func aSegment() async throws {
      let world = try World.current
      for (name, city) in [("Ann", "Owlton"), ("Bob", "Owlton"), ("Zelda", "Rome")] {
        _ = try await world.records.make(
          "contacts", "contact",
          #"{"firstname":"\#(name)","city":"\#(city)","email":"\#(name)@keys.example"}"#)
      }
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/segments/new")
        try await browser.wait(for: "document.querySelector('.segment-empty button')")
        try await browser.tab(to: "Skip to the content")
        try await browser.keys(Key.enter)
        try await browser.tab(to: "Add a filter")
        try await browser.keys(Key.enter)
        try await choose("city", "City", browser)
        try await browser.keys("Owlton")
        try await counts(2, browser)
        try await browser.tab(to: "Add a group with “or”")
        try await browser.keys(Key.enter)
        try await choose("first name", "First Name", browser)
        try await browser.keys("Zelda")
        try await counts(3, browser)
        // Moved to the other group, both filters must match; undone, one of them.
        try await browser.tab(to: "Move this filter", backwards: true)
        try await browser.keys(Key.up)
        try await counts(0, browser)
        try await browser.keys("z", with: Key.control)
        try await counts(3, browser)
        try await browser.picture("console-segment-keyboard")
        try await browser.tab(to: "Name")
        try await browser.keys("Night birds")
        try await browser.tab(to: "Create segment")
        try await browser.keys(Key.enter)
        try await browser.arrive(at: "/console/segments/[0-9]+")
        try await browser.see("Created.")
        try await browser.wait(
          for: "document.querySelector('[data-figure=members]')?.textContent === '3'")
      }
    }

    private func choose(_ typed: String, _ name: String, _ browser: Browser) async throws {
      try await browser.keys(typed)
      try await browser.wait(
        for: """
          document.querySelector('.segment-popup:not([hidden]) .active span')?.innerText === '\(name)'
          """)
      try await browser.keys(Key.enter)
    }

    private func counts(_ count: Int, _ browser: Browser) async throws {
      try await browser.wait(
        for: """
          document.querySelector('.segment-count')?.innerText === '\(count)' && !document.querySelector('.segment-preview.waiting')
          """)
    }

    @Test("a campaign with two paths is drawn, mended and saved")
    func aCampaign() async throws {
      let world = try World.current
      let records = world.records
      let segment = try await records.make("segments", "list", #"{"name":"Night owls"}"#)
      var emails: [Record] = []
      for name in ["Hoot", "Screech"] {
        emails.append(
          try await records.make(
            "emails", "email",
            #"{"name":"\#(name)","subject":"\#(name)","emailType":"template","customHtml":"<p>Hi</p>"}"#
          ))
      }
      var campaign = 0
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/campaigns/new")
        try await browser.wait(for: "document.querySelector('campaign-canvas [data-card=start]')")
        try await browser.tab(to: "Skip to the content")
        try await browser.keys(Key.enter)
        try await browser.tab(to: "Name of the campaign")
        try await browser.keys("Night")
        try await browser.tab(to: "Contacts come from")
        try await browser.keys(Key.enter)
        try await has("Add a source", browser)
        try await browser.keys(Key.enter)
        try await pick("Night owls", "Night owls", browser)
        try await browser.see("Night owls is added.")
        try await has("Add a source", browser)
        try await browser.keys(Key.escape)
        try await draw(browser)
        try await browser.picture("console-canvas-keyboard")
        try await browser.keys("s", with: Key.control)
        try await browser.arrive(at: "/console/campaigns/[0-9]+/edit")
        campaign = try await browser.number()
      }
      let saved = try await records.get("/api/campaigns/\(campaign)")["campaign"]
      try #require(saved?["name"] == .string("Night"))
      try #require(saved?["lists"]?.elements.first?["id"]?.int == segment.id)
      let events = saved?["events"]?.elements ?? []
      let drawn = events.map { "\($0["type"]?.text ?? "") \($0["decisionPath"]?.text ?? "")" }
      try #require(
        Set(drawn) == [
          "email.send ", "email.open ", "lead.changetags yes", "lead.changepoints no",
        ], "\(drawn)")
      let sending = events.first { $0["type"] == .string("email.send") }
      try #require(sending?["properties"]?["email"]?.int == emails[0].id)
      let late = events.first { $0["type"] == .string("lead.changepoints") }
      try #require(late?["triggerInterval"]?.int == 3, "\(late ?? .null)")
    }

    private func draw(_ browser: Browser) async throws {
      try await has("Contacts come from", browser)
      try await browser.keys("a")
      try await pick("send an e-mail", "Send an e-mail", browser)
      try await browser.keys("Hoot")
      try await browser.wait(
        for: """
          [...document.querySelectorAll('.cc-options:not([hidden]) .cc-option-label')].map(one => one.innerText).join() === 'Hoot'
          """)
      try await browser.keys(Key.down + Key.enter)
      try await browser.wait(
        for: """
          [...document.querySelectorAll('[data-card] .cc-text')].some(one => one.textContent === 'Hoot')
          """)
      try await browser.keys(Key.escape)
      try await has("Send an e-mail, Action, Hoot", browser)
      try await browser.keys("a")
      try await pick("opens", "Opens the e-mail", browser)
      try await browser.keys(Key.escape)
      try await has("Opens the e-mail, Decision", browser)
      try await browser.keys("y")
      try await pick("change tags", "Change tags", browser)
      try await browser.keys("keen" + Key.enter)
      try await browser.keys(Key.escape)
      try await has("Change tags, Action, + keen, on the yes path", browser)
      // What was deleted comes back.
      try await browser.keys(Key.delete)
      try await has("Opens the e-mail, Decision", browser)
      try await browser.see("Deleted. Undo brings it back.")
      try await browser.keys("z", with: Key.control)
      try await browser.see("Undone")
      try await browser.keys("n")
      try await pick("change points", "Change points", browser)
      try await browser.keys("5")
      try await browser.tab(to: "Delay")
      try await browser.keys("a", with: Key.control)
      try await browser.keys("3" + Key.escape)
      try await has("Change points, Action", browser)
      try await browser.keys(Key.up)
      try await has("Opens the e-mail, Decision", browser)
    }

    /// Waits until something has the keyboard.
    private func has(_ name: String, _ browser: Browser) async throws {
      var last = ""
      let isThere = try await eventually {
        last = try await browser.focused()
        return last.hasPrefix(name)
      }
      try #require(isThere, "\(last) has the keyboard, not \(name)")
    }

    /// Finds one of the things that can be added.
    private func pick(_ typed: String, _ name: String, _ browser: Browser) async throws {
      try await browser.wait(for: "document.querySelector('dialog[open] input[type=search]')")
      try await browser.keys(typed)
      try await browser.wait(
        for: """
          document.querySelector('dialog[open] [role=option][aria-selected=true] .cc-pick-label')?.innerText === '\(name)'
          """)
      try await browser.keys(Key.enter)
      try await browser.wait(for: "!document.querySelector('dialog[open]')")
    }
  }
}
