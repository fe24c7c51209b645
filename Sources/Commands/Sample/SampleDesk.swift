import Foundation
import Primitives
import Sample

/// What the example's people in the office do: imports, exports, notes, owners, stages.
struct SampleDesk: Sendable {
  let api: SampleAPI
  let seed: UInt64

  /// Imports a list, some rows of which cannot be taken, and waits for its end.
  func importList(_ name: String, rows: Int, list: UInt64, tags: [String]) async throws {
    let content = ContactList(rows: rows, seed: seed &+ list &* 1_000_003, duplicates: 3, bad: 4)
      .joined()
    let fields = Dictionary(uniqueKeysWithValues: ContactList.mapping.map { ($0.column, $0.field) })
    let options = JSONValue.object([
      "fields": .object(fields.mapValues { .string($0) }), "autoStart": .boolean(true),
      "defaults": .object(["tags": .array(tags.map { .string($0) })]),
    ])
    let answer = try await send(name, content, options)
    guard let id = answer["import"]?["id"]?.int else { return }
    for _ in 0..<300 {
      let status = try await api.call("GET", "imports/\(id)")["import"]?["status"]?.int
      if let status, [3, 4, 5].contains(status) { return }
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Uploads a list whose columns nobody has looked at yet.
  func importDraft(_ name: String) async throws {
    let content = ContactList(rows: 40, seed: seed &+ 77, plain: true).joined()
    _ = try await send(name, content, .object(["autoStart": .boolean(false)]))
  }

  private func send(_ name: String, _ content: String, _ options: JSONValue) async throws
    -> JSONValue
  {
    try await api.upload(
      "imports/new", name: name, type: "text/csv", Array(content.utf8),
      fields: [
        (
          "options", "application/json",
          String(decoding: try JSONEncoder().encode(options), as: UTF8.self)
        )
      ])
  }

  /// Takes the most active contacts in hand: owners, stages, notes, companies, do-not-contact.
  func lookAfterContacts(_ maker: SampleMaker) async throws {
    let found = try await api.call(
      "GET", "contacts?limit=60&orderBy=points&orderByDir=DESC&minimal=1")
    let contacts = (found["contacts"]?.elements ?? []).compactMap { $0["id"]?.int }.sorted()
    let owners = [
      try maker.id("users/mara"), try maker.id("users/tom"), try maker.id("users/ines"),
    ]
    let stages = try ["Customer", "Regular", "Subscriber"].map { try maker.id("stages/\($0)") }
    let companies = try ["Café Morgenrot", "Fjord Offices", "Kestrel Hotels"].map {
      try maker.id("companies/\($0)")
    }
    let friends = try maker.id("segments/Press and friends")
    var random = SeededRandom(seed: seed &+ 4242)
    for contact in contacts {
      var fields: [String: JSONValue] = [
        "owner": .integer(Int64(random.pick(owners))),
        "favourite_roast": .string(random.pick(["light", "medium", "dark"])),
        "cups_a_day": .integer(Int64(1 + random.below(6))),
      ]
      if random.chance(40) { fields["stage"] = .integer(Int64(random.pick(stages))) }
      if random.chance(25) {
        fields["phone"] = .string("+49 30 5550 \(1000 + random.below(9000))")
      }
      try await api.call("PATCH", "contacts/\(contact)/edit", .object(fields))
      if random.chance(30) {
        try await api.call("POST", "companies/\(random.pick(companies))/contact/\(contact)/add")
      }
      if random.chance(45) {
        let note = random.pick(Self.notes)
        try await api.call(
          "POST", "notes/new",
          .object([
            "lead": .integer(Int64(contact)), "type": .string(note.type),
            "text": .string(note.text),
          ]))
      }
      if random.chance(25) {
        try await api.call("POST", "segments/\(friends)/contact/\(contact)/add")
      }
      if random.chance(10) {
        try await api.call(
          "POST", "contacts/\(contact)/dnc/sms/add",
          .object(["reason": .integer(3), "comments": .string("Asked on the phone")]))
      }
      if random.chance(20) {
        try await api.call(
          "POST", "contacts/\(contact)/points/plus/\(5 + random.below(20))",
          .object(["eventName": .string("Fair"), "actionName": .string("Visited our stand")]))
      }
    }
  }

  private static let notes: [(type: String, text: String)] = [
    ("call", "Asked for an offer: ten kilos a week. Call again on Monday."),
    ("meeting", "Met at the fair, tasted the new harvest and liked it."),
    ("general", "<p>Prefers <b>short</b> mails, and none on Fridays.</p>"),
    ("email", "Answered that the grinder came broken; a new one is on its way."),
  ]

  /// Orders files of contacts, one of them for spreadsheets.
  func export(_ maker: SampleMaker) async throws {
    let readers = Int64(try maker.id("segments/Newsletter readers"))
    try await api.call(
      "POST", "exports/new",
      .object([
        "object": .string("contact"), "format": .string("csv"), "segment": .integer(readers),
      ]))
    try await api.call(
      "POST", "exports/new",
      .object([
        "object": .string("contact"), "format": .string("xlsx"),
        "search": .string("is:mine OR tag:vip"),
      ]))
  }
}
