import Foundation
import TestSupport
import Testing

extension ForeignPages {
  /// Campaigns as marketers draw them (console.md 3, Campaigns).
  @Suite("Campaigns in the console") struct ConsoleCampaignTests {
    @Test("drawn with a decision, published, and its counts move while one looks on")
    func drawsACampaign() async throws {
      let world = try World.current
      let records = world.records
      let segment = try await records.make("segments", "list", #"{"name":"Owlers"}"#)
      for name in ["Una", "Otto"] {
        let contact = try await records.make(
          "contacts", "contact",
          #"{"firstname":"\#(name)","email":"\#(name.lowercased())@owls.example"}"#)
        try await records.post("/api/segments/\(segment.id)/contact/\(contact.id)/add")
      }
      for subject in ["Owls for you", "No owls yet?"] {
        _ = try await records.make(
          "emails", "email",
          #"{"name":"\#(subject)","subject":"\#(subject)","emailType":"template","customHtml":"<p>Hello {contactfield=firstname}</p>"}"#
        )
      }
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/campaigns/new")
        try await browser.fill("Name of the campaign", "Owl post")
        try await browser.press("Choose a segment or a form")
        try await browser.press("Owlers")
        try await browser.press("Add a first event")
        try await browser.press("Send an e-mail")
        try await browser.press("Owls for you")
        try await browser.press("Add after")
        try await browser.press("Opens the e-mail")
        try await browser.press("Add on yes")
        try await browser.press("Change points")
        try await browser.fill("Points", "10")
        try await browser.press("Add on the no path of Opens the e-mail")
        try await browser.press("Send an e-mail")
        try await browser.press("No owls yet?")
        try await browser.press("After a delay")
        try await browser.fill("Delay", "10")
        try await browser.fill("Unit", "minutes")
        try await browser.wait(for: "!document.querySelector('.cc-problems-place:not([hidden])')")
        // What was done last can be taken back, and done again.
        try await browser.press("Undo")
        try await browser.press("Redo")
        try await browser.press("Save")
        try await browser.arrive(at: "/console/campaigns/[0-9]+/edit")
        let id = try await browser.number()
        try await browser.open(world.martlet + "/console/campaigns/\(id)")
        try await browser.press("Publish")
        try await browser.see("Published")
        // From here on the page is not loaded again.
        try await browser.run("window.isTheSame = true")
        try await browser.wait(for: Self.figure("waiting", 2))
        let areSent = try await eventually {
          try world.subjects(to: "una@owls.example") == ["Owls for you"]
            && world.subjects(to: "otto@owls.example") == ["Owls for you"]
        }
        try #require(areSent)
        // Una opens hers; Otto waits until the time is over.
        let message = try world.messages(to: "una@owls.example")
        try await records.open(message[0].text)
        let hasPoints = try await eventually {
          try await records.contact("una@owls.example")?["points"] == .integer(10)
        }
        try #require(hasPoints)
        try await browser.wait(for: Self.figure("waiting", 1))
        try await world.advance("11m")
        let isReminded = try await eventually {
          try world.subjects(to: "otto@owls.example") == ["No owls yet?", "Owls for you"]
        }
        try #require(isReminded)
        try await browser.wait(for: Self.figure("waiting", 0))
        try await browser.wait(for: "window.isTheSame")
      }
    }

    /// Whether a live figure of the page has a value.
    private static func figure(_ name: String, _ value: Int) -> String {
      "document.querySelector('[data-figure=\"\(name)\"]')?.innerText === '\(value)'"
    }
  }
}
