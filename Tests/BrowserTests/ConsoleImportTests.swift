import Foundation
import TestSupport
import Testing

extension ForeignPages {
  /// Files of people, on their way to contacts (console.md 3, Import).
  @Suite("Imports in the console") struct ConsoleImportTests {
    /// As Excel saves it in Germany, with an empty line, a wrong address, a quoted separator and a value too many.
    private static let mess = [
      "Vorname;Nachname;E-Mail;Stadt;Punkte",
      "Jürgen;Müller;juergen@example.com;Köln;10",
      "",
      "Ann;Lee;not-an-address;Paris;5",
      "  Bob ;\"O;Neil\";bob@example.com;Zürich;20",
      "Eve;Day;eve@example.com;Rome;7",
      "Zoë;Bäcker;zoe@example.com;Lübeck;3;extra",
    ].joined(separator: "\r\n")

    @Test("a file with a mess in it, through the four steps to its end, and undone")
    func importsAMess() async throws {
      let world = try World.current
      let content = try #require(Self.mess.data(using: .windowsCP1252))
      let file = try world.file("people.csv", content)
      try await world.visit { browser in
        try await browser.signIn(world, at: "/console/imports/new")
        try await browser.fill("CSV file", file.path)
        try await browser.press("Upload and check")
        try await browser.arrive(at: "/console/imports/[0-9]+/check")
        for text in ["WINDOWS-1252", "Semicolon", "Jürgen", "Lübeck"] {
          try await browser.see(text)
        }
        try await browser.press("Go on to the mapping")
        try await browser.arrive(at: "/console/imports/[0-9]+/mapping")
        try await browser.fill("Field for Punkte", "Points")
        try await browser.fill("Add tags", "mess")
        try await browser.press("Start the import")
        try await browser.arrive(at: "/console/imports/[0-9]+")
        for text in ["Not imported 3", "New 3", "Rows done 6"] {
          try await browser.wait(
            for: "document.body.innerText.replace(/\\s+/g, ' ').includes('\(text)')")
        }
        try await browser.see("not a valid e-mail address")
        try await browser.press("Download to mend")
        let isThere = await eventually { world.downloaded.contains { $0.hasSuffix(".csv") } }
        try #require(isThere)
        try await browser.press("View the contacts")
        try await browser.see("Jürgen Müller")
        try await browser.see("O;Neil")
        let found = try await world.records.contact("bob@example.com")
        try #require(found?["fields"]?["all"]?["points"] == .integer(20))
        try await browser.run("history.back()")
        try await browser.arrive(at: "/console/imports/[0-9]+")
        try await browser.press("Undo")
        try await browser.accept()
        let isGone = try await eventually {
          try await world.records.contact("bob@example.com") == nil
        }
        try #require(isGone)
      }
    }
  }
}
