import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// The pictures in README and docs (console.md 4): with `MARTLET_WRITE_PICTURES=1` they are taken anew; otherwise the pages
  /// that they show have to be there as they show them.
  @Suite("The pictures of the console") struct ConsolePictureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../..").standardizedFileURL

    @Test("of the list of contacts") func contacts() async throws {
      let world = try World.current
      _ = try await Crowd.make(world.records)
      try await world.visit { browser in
        try await browser.devTools("Emulation.setScrollbarsHidden", ["hidden": .boolean(true)])
        try await browser.signIn(world, at: "/console/contacts")
        try await browser.wait(for: "document.title.startsWith('Contacts')")
        try await browser.wait(for: "document.querySelectorAll('#list tbody tr').length >= 20")
        try await browser.wait(for: "document.querySelector('main input[type=search]')")
        try await Self.keep("contacts", browser)
      }
    }

    @Test("of a campaign, with its counts") func campaign() async throws {
      let world = try World.current
      let records = world.records
      let campaign = try await Crowd.campaign(world.records)
      let areAllSent = try await eventually {
        try Maildir.files(world.mail).map(Maildir.subject)
          .count { $0 == "Welcome to the harbour" } == Crowd.people.count
      }
      try #require(areAllSent)
      for name in Crowd.people.prefix(17) {
        let message = try world.messages(to: Crowd.address(name))
        try await records.open(try #require(message.first).text)
      }
      let figure = { (name: String, value: Int) in
        "document.querySelector('[data-figure=\"\(name)\"]')?.innerText === '\(value)'"
      }
      try await world.visit { browser in
        try await browser.devTools("Emulation.setScrollbarsHidden", ["hidden": .boolean(true)])
        try await browser.signIn(world, at: "/console/campaigns/\(campaign)")
        try await browser.wait(for: "document.title.startsWith('Harbour tour')")
        try await browser.wait(for: figure("members", Crowd.people.count))
        try await browser.wait(for: figure("waiting", Crowd.people.count - 17))
        try await browser.wait(
          for: """
            (() => {
              const canvas = document.querySelector('campaign-canvas')
              const text = (canvas.shadowRoot ?? canvas).textContent
              return ['Welcome', 'Opens', 'Points'].every(word => text.includes(word))
            })()
            """)
        try await browser.resize(width: 1440, height: 1350)
        try await browser.press("Show all")
        try await Self.keep("campaign", height: 1350, browser)
      }
    }

    /// Takes a picture for the docs, or looks whether it is there and shown in README.
    ///
    /// - Parameter height: That of the window, in pixels.
    private static func keep(
      _ name: String, height: Int = 860, _ browser: Browser
    ) async throws {
      let file = root.appending(path: "docs/pictures/\(name).png")
      if TestVariable.isSet("MARTLET_WRITE_PICTURES") {
        try await browser.resize(width: 1440, height: height)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(contentsOf: try await browser.picture(name)).write(to: file)
      }
      let picture = try Data(contentsOf: file)
      try #require(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      let readme = try String(
        contentsOf: root.appending(path: "README.md"), encoding: .utf8)
      try #require(readme.contains("docs/pictures/\(name).png"))
    }
  }
}

/// People of a made-up town, for pictures.
enum Crowd {
  static let people = [
    "Ada Berger", "Bruno Costa", "Carla Dahl", "Dario Engel", "Elif Fischer", "Femi Grant",
    "Greta Holm", "Hugo Ito", "Ines Jansen", "Jonas Klein", "Kaya Lind", "Luca Moretti",
    "Mira Novak", "Nils Olsen", "Olga Petrov", "Pia Quist", "Rafael Ruiz", "Sofia Stone",
    "Tariq Usman", "Una Vogel", "Viktor Weiss", "Wanda Young", "Yara Zeman", "Zoe Ahrens",
  ]
  private static let companies = [
    "Harbour Coffee", "Northwind Sails", "Quay Books", "Lantern & Co",
  ]
  private static let cities = ["Bergen", "Trieste", "Porto", "Galway", "Rostock"]

  static func address(_ name: String) -> String {
    name.lowercased().replacing(" ", with: ".") + "@example.com"
  }

  /// Makes all of them, if they are not there yet; the ids.
  static func make(_ records: Records) async throws -> [Int] {
    var ids: [Int] = []
    for (place, name) in people.enumerated() {
      if let known = try await records.contact(address(name)) {
        ids.append(known.id)
        continue
      }
      let parts = name.split(separator: " ")
      ids.append(
        try await records.make(
          "contacts", "contact",
          """
          {"firstname":"\(parts[0])","lastname":"\(parts[1])","email":"\(address(name))",
           "company":"\(companies[place % companies.count])","city":"\(cities[place % cities.count])",
           "points":\(place * 37 % 120),"tags":["\(place % 3 == 0 ? "harbour" : "news")"]}
          """
        ).id)
    }
    return ids
  }

  /// A campaign through which all of them go; its id.
  static func campaign(_ records: Records) async throws -> Int {
    let segment = try await records.make("segments", "list", #"{"name":"Harbour friends"}"#)
    for id in try await make(records) {
      _ = try await records.post("/api/segments/\(segment.id)/contact/\(id)/add")
    }
    var emails: [Int] = []
    for subject in ["Welcome to the harbour", "Still on board?"] {
      emails.append(
        try await records.make(
          "emails", "email",
          #"{"name":"\#(subject)","subject":"\#(subject)","emailType":"template","customHtml":"<p>Hello {contactfield=firstname}</p>"}"#
        ).id)
    }
    return try await records.make(
      "campaigns", "campaign",
      """
      {"name":"Harbour tour","isPublished":true,"lists":[\(segment.id)],"events":[
      {"id":"new1","name":"Welcome","type":"email.send","eventType":"action","order":1,
       "properties":{"email":\(emails[0]),"email_type":"transactional"},"triggerMode":"immediate"},
      {"id":"new2","name":"Opens it","type":"email.open","eventType":"decision","order":2,
       "parent":"new1","properties":{}},
      {"id":"new3","name":"Points for opening","type":"lead.changepoints","eventType":"action","order":3,
       "parent":"new2","decisionPath":"yes","triggerMode":"immediate","properties":{"points":10}},
      {"id":"new4","name":"Reminder","type":"email.send","eventType":"action","order":3,
       "parent":"new2","decisionPath":"no","triggerMode":"interval","triggerInterval":2,
       "triggerIntervalUnit":"d","properties":{"email":\(emails[1]),"email_type":"transactional"}}]}
      """
    ).id
  }
}
