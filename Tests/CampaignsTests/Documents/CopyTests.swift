import Foundation
import Primitives
import Testing
import Users

@testable import Campaigns

@Suite("Copies of campaigns, within and between installations (campaigns.md 10.5)")
struct CopyTests {
  static let events: [JSONValue] = [
    E.points("start"), E.decision("visit", "page.pagehit", under: "start"),
    E.points("came", 2, under: "visit", path: "yes", after: (1, "h"), ["order": 4]),
    E.action(
      "list", "lead.changelist", ["addToLists": [1], "removeFromLists": [2]], under: "visit",
      path: "no", after: (1, "d"), ["triggerHour": "09:00"]),
    E.action(
      "again", "campaign.jump_to_event", ["jumpToEvent": "new-came"], under: "list",
      after: (1, "d")),
  ]

  private struct Shape: Equatable {
    var event: CampaignEvent
    var parent: String
    var target: String
  }

  /// Returns everything about events that does not depend on their ids.
  private func shape(_ campaign: Campaign) -> [Shape] {
    let names = Dictionary(
      campaign.events.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    return campaign.events.map { event in
      var event = event
      let target = event.jumpTarget.flatMap { names[$0] } ?? ""
      let parent = event.parent.flatMap { names[$0] } ?? ""
      if event.type == EventType.jump { event.properties = .null }
      event.id = 0
      event.parent = nil
      return Shape(event: event, parent: parent, target: target)
    }
  }

  @Test("CAM-650: a clone has everything but members, log and ids")
  func clone() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1)
      try await bed.segment(2)
      let campaign = try await bed.campaign(Self.events, restart: true)
      try await bed.add([1], to: campaign.id)
      let copy = try #require(try await bed.editor.clone(campaign.id, by: .system))
      #expect(copy.name == "Campaign (copy)" && !copy.isPublished && copy.version == 1)
      #expect(copy.allowsRestart && copy.sources == campaign.sources)
      #expect(shape(copy) == shape(campaign))
      #expect(Set(copy.events.map(\.id)).isDisjoint(with: campaign.events.map(\.id)))
      #expect(try await bed.log(copy.id).isEmpty)
      #expect(try await bed.editor.clone(99, by: .system) == nil)
      #expect(CampaignEditor.copyName(String(repeating: "x", count: 191)).count == 191)
    }
  }

  @Test("CAM-650: the name of a copy respects the maximum length, however wide its letters")
  func longNames() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([E.points("a")])
      // 95 letters of two code points each.
      let name = String(repeating: "🇦🇹", count: 95)
      try await bed.edit(campaign.id) { $0.name = name }
      let copy = try await bed.editor.clone(campaign.id, by: .system)
      #expect(copy?.name.hasSuffix(" (copy)") == true)
    }
  }

  @Test("CAM-651: single events can be copied within and between campaigns")
  func copyOfAnEvent() async throws {
    try await CampaignBed.with { bed in
      try await bed.segment(1)
      try await bed.segment(2)
      let campaign = try await bed.campaign(Self.events)
      let other = try await bed.campaign([E.decision("form", "form.submit")])
      let came = campaign.events[2]
      let (after, id) = try #require(
        try await bed.editor.copy(
          event: came.id, to: other.id, under: other.events[0].id, path: "no", by: .system))
      let copy = try #require(after.events.first { $0.id == id })
      #expect(copy.path == false && copy.parent == other.events[0].id)
      #expect(copy.trigger == came.trigger && copy.properties == came.properties)
      await #expect(throws: CampaignError.self) {
        _ = try await bed.editor.copy(
          event: came.id, to: other.id, under: 12_345, path: nil, by: .system)
      }
      #expect(
        try await bed.editor.copy(
          event: 12_345, to: other.id, under: nil, path: nil, by: .system) == nil)
    }
  }

  @Test("CAM-652: a document transfers a campaign to an installation with other ids")
  func documents() async throws {
    try await CampaignBed.with { bed in
      try await bed.segment(1)
      try await bed.segment(2)
      let campaign = try await bed.campaign(Self.events, restart: true)
      let document = try #require(try await bed.campaigns.documents.document(of: campaign.id))
      // Elsewhere one segment has another id and the other does not exist.
      try await bed.pool.query("UPDATE segments SET id = 71 WHERE id = 1")
      try await bed.pool.query("DELETE FROM segments WHERE id = 2")
      let imported = try await bed.campaigns.documents.import(document, by: .system)
      let (copy, missing) = (try #require(imported.first).campaign, imported[0].missing)
      #expect(copy.sources == [CampaignSource(.segment, 71)] && !copy.isPublished)
      #expect(copy.allowsRestart)
      #expect(
        missing == [MissingReference(kind: "segment", name: "segment-2", events: ["list"])])
      #expect(copy.events[3].properties == ["addToLists": [71], "removeFromLists": []])
      #expect(copy.events[4].jumpTarget == copy.events[2].id)
      #expect(copy.events.map(\.trigger) == campaign.events.map(\.trigger))
    }
  }

  @Test("CAM-652: exports of Mautic, with their dependencies")
  func mautic() async throws {
    try await CampaignBed.with { bed in
      try await bed.segment(8)
      let text = """
        [{"campaign":[{"id":3,"name":"Welcome","is_published":true,"allow_restart":1,
            "canvas_settings":{"nodes":[{"id":"11","positionX":"1","positionY":"2"}]}}],
          "campaign_event":[
            {"id":11,"campaign_id":3,"name":"Points","type":"lead.changepoints","event_type":"action",
             "event_order":1,"properties":{"points":5},"trigger_interval":1,
             "trigger_interval_unit":"d","trigger_mode":"interval","trigger_hour":"09:00:00",
             "triggerRestrictedDaysOfWeek":[],"decisionPath":null,"channel":null,"channel_id":null,
             "parent_id":null,"uuid":"u"},
            {"id":12,"campaign_id":3,"name":"List","type":"lead.changelist","event_type":"action",
             "event_order":2,"properties":{"addToLists":[5],"removeFromLists":[]},
             "trigger_mode":"immediate","decisionPath":"","parent_id":11}],
          "lists":[{"id":4,"name":"Known","alias":"segment-8"},{"id":5,"name":"Other","alias":"other"}],
          "dependencies":[{"campaign":[{"campaign":3,"lists":4}],
            "campaign_event":[{"campaign":3,"campaign_event":12,"lists":[5]}]}]}]
        """
      let document = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
      let imported = try await bed.campaigns.documents.import(document, by: .system)
      let copy = try #require(imported.first).campaign
      #expect(copy.name == "Welcome" && copy.allowsRestart && !copy.isPublished)
      #expect(copy.sources == [CampaignSource(.segment, 8)])
      #expect(copy.events[0].trigger.hour?.description == "09:00")
      #expect(copy.events[1].parent == copy.events[0].id)
      #expect(
        copy.canvas["nodes"] == [
          [
            "id": .integer(copy.events[0].id), "positionX": "1", "positionY": "2",
          ]
        ])
      #expect(
        imported[0].missing == [MissingReference(kind: "segment", name: "other", events: ["List"])])
    }
  }

  @Test("CAM-652: a hostile document costs no more than its length", .timeLimit(.minutes(10)))
  func hostile() async throws {
    try await CampaignBed.with { bed in
      let documents = bed.campaigns.documents
      let event: JSONValue = [
        "id": 1, "type": "lead.changelist", "event_type": "action",
        "properties": ["addToLists": .array((1...5_000).map { .integer($0) })],
      ]
      // Each of many campaigns would get all events and all lists of a document that assigns none of them.
      let many: JSONValue = [
        "campaign": .array((1...20_000).map { ["id": .integer($0), "name": "A"] }),
        "campaign_event": .array(Array(repeating: ["id": 1], count: 20_000)), "lists": [],
      ]
      await #expect(throws: CampaignError.self) { try await documents.import(many, by: .system) }
      let two: JSONValue = [
        "campaign": [["id": 1, "name": "A"], ["id": 2, "name": "B"]], "campaign_event": [event],
      ]
      await #expect(throws: CampaignError.self) { try await documents.import(two, by: .system) }
      // An event that references a missing record, many times.
      let one: JSONValue = ["campaign": [["id": 1, "name": "A"]], "campaign_event": [event]]
      let imported = try await documents.import(one, by: .system)
      #expect(imported.first?.missing.count == 5_000)
    }
  }

  @Test("CAM-652: anything but a document is refused, and all campaigns are created or none")
  func refusals() async throws {
    try await CampaignBed.with { bed in
      try await bed.segment(1)
      let good = try #require(
        try await bed.campaigns.documents.document(of: try await bed.campaign([E.points("a")]).id))
      guard case .object(let members) = good else { return }
      var wrong: [JSONValue] = [
        nil, [], "x", ["campaign": []], ["format": "x"],
        [
          "campaign": [["id": 1, "name": "A"], ["id": 2, "name": ""]],
          "campaign_event": [
            [
              "id": 1, "campaign_id": 1, "type": "lead.changepoints", "event_type": "action",
              "properties": ["points": 1],
            ]
          ],
        ],
      ]
      for (name, value) in [
        ("formatVersion", 2 as JSONValue), ("campaign", nil), ("events", ["x"]), ("events", []),
        ("events", [["id": 1, "type": "lead.changepoints", "parent": 1]]), ("sources", [[:]]),
      ] {
        wrong.append(.object(members.merging([name: value]) { $1 }))
      }
      for document in wrong {
        await #expect(throws: CampaignError.self, "\(document)") {
          _ = try await bed.campaigns.documents.import(document, by: .system)
        }
      }
      #expect(try await bed.campaigns.store.page(start: 0, limit: 10).total == 1)
    }
  }

  /// Events with values that no edit would accept.
  private static let wrong: [JSONValue] = [
    [
      "type": "campaign.sendwebhook",
      "properties": [
        "url": "http://example.com/", "method": "get", "timeout": .integer(.max),
      ],
    ],
    [
      "type": "campaign.sendwebhook",
      "properties": ["url": "http://e.com/", "timeout": .integer(.min)],
    ],
    ["type": "campaign.sendwebhook", "properties": ["url": "ftp://example.com/"]],
    ["type": "lead.changepoints", "properties": ["points": .integer(.max)]],
    ["type": "lead.updatelead", "properties": ["email": "no address"]],
    ["type": "lead.points", "eventType": "condition", "properties": ["score": "many"]],
    ["type": "email.send", "properties": ["priority": .integer(.max)]],
    [
      "type": "lead.changepoints", "properties": ["points": 1], "triggerMode": "interval",
      "triggerInterval": .integer(.max),
    ],
    ["type": "lead.changepoints", "properties": ["points": 1], "order": .integer(.max)],
    [
      "type": "lead.changepoints", "properties": ["points": 1],
      "name": .string(String(repeating: "x", count: 192)),
    ],
  ]

  @Test("CAM-652: values of a document are checked as in any edit; only references may be missing")
  func checksValues() async throws {
    // With mail, without which `email.send` is a type that is not installed.
    try await CampaignBed.with(transport: PickyTransport()) { bed in
      try await bed.segment(1)
      for event in Self.wrong {
        guard case .object(var members) = event else { continue }
        members.merge(["id": 1, "eventType": "action", "name": "A"]) { old, _ in old }
        let document: JSONValue = [
          "format": "martlet.campaign", "formatVersion": 1, "campaign": ["name": "C"],
          "events": [.object(members)],
        ]
        await #expect(throws: CampaignError.self, "\(event)") {
          _ = try await bed.campaigns.documents.import(document, by: .system)
        }
      }
      #expect(try await bed.pool.query("SELECT FROM campaigns").isEmpty)
    }
  }

  @Test("CAM-652: publishing checks all events, with their references")
  func checksAtPublishing() async throws {
    try await CampaignBed.with { bed in
      try await bed.segment(1)
      try await bed.segment(2)
      let list = E.action("list", "lead.changelist", ["addToLists": [2]])
      let campaign = try await bed.campaign([list, E.points("p")], published: false)
      // Stored before values were checked, and a record that is gone.
      try await bed.pool.query(
        "UPDATE campaign_events SET properties = '{\"points\": \"many\"}' WHERE name = 'p'")
      try await bed.pool.query("DELETE FROM segments WHERE id = 2")
      let error = await #expect(throws: CampaignError.self) {
        try await bed.edit(campaign.id) { $0.isPublished = true }
      }
      let text = "\(try #require(error))"
      #expect(text.contains("there is no 2") && text.contains("is no whole number"))
      // Another member may be changed meanwhile.
      try await bed.edit(campaign.id) { $0.name = "Other" }
    }
  }

  @Test("CAM-452: a stored timeout out of range counts as the nearest one in it")
  func boundsTimeouts() throws {
    for (value, seconds) in [
      (JSONValue.integer(.max), 120), (.integer(.min), 1), (.integer(0), 1), (.integer(30), 30),
      (.string("9223372036854775807"), 120), (.number(1e300), 10), (.null, 10), ("x", 10),
    ] {
      #expect(Webhook(["url": "http://a.example/", "timeout": value]).seconds == seconds)
    }
  }
}
