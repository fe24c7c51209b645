import Foundation
import JobQueue
import Postgres
import Primitives
import Testing
import Users

@testable import Campaigns

@Suite("Edits of a running campaign (campaigns.md 10.1 to 10.4)")
struct CampaignEditorTests {
  private func edit(
    _ bed: CampaignBed, _ campaign: Campaign, _ events: [JSONValue]? = nil, version: Int64? = nil,
    replacing: Bool = false, _ change: (inout CampaignInput) -> Void = { _ in }
  ) async throws -> Campaign {
    var input = CampaignInput()
    if replacing {
      input.name = campaign.name
      input.isPublished = campaign.isPublished
      input.segments = [1]
      input.events = campaign.events.map(EventInput.init(copying:))
    }
    if let events { input.events = events.compactMap { EventInput(json: $0) } }
    input.version = version
    change(&input)
    return try #require(
      try await bed.editor.update(campaign.id, input, replacing: replacing, by: .system))
  }

  private func jobs(_ bed: CampaignBed, _ name: String) async throws -> Int {
    try await bed.pool.query("SELECT count(*) FROM jobs WHERE name = \(name)").first?
      .decode(at: 0) ?? 0
  }

  @Test("CAM-620: a stale version is refused; a save without changes keeps the version")
  func versions() async throws {
    try await CampaignBed.with { bed in
      let first = try await bed.campaign([
        E.points("a", after: (1, "h")),
        E.condition("b", "lead.field_value", ["field": "city", "operator": "=", "value": "x"]),
      ])
      let second = try await edit(bed, first, version: first.version) { $0.name = "Other" }
      #expect(second.version == first.version + 1)
      await #expect(throws: CampaignError.self) {
        _ = try await edit(bed, first, version: first.version) { $0.name = "Third" }
      }
      #expect(try await bed.campaigns.store.campaign(first.id)?.name == "Other")
      // Sending the whole entity back changes nothing.
      let third = try await edit(bed, second, version: second.version, replacing: true)
      #expect(third.version == second.version)
      #expect(third.events == second.events)
    }
  }

  @Test("CAM-621: changed properties apply to what has not been executed yet")
  func properties() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("a", 1, after: (1, "h"))])
      try await bed.add([1], to: campaign.id)
      _ = try await edit(
        bed, campaign, [["id": .integer(campaign.events[0].id), "properties": ["points": 7]]])
      try await bed.run(for: 7200)
      #expect(try await bed.points(1) == 7)
    }
  }

  @Test("CAM-623, CAM-624: an event can be moved, but not become another kind")
  func moving() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (1, "d")),
      ])
      let (a, b) = (campaign.events[0], campaign.events[1])
      let moved = try await edit(bed, campaign, [["id": .integer(b.id), "parent": nil]])
      #expect(moved.events[1].parent == nil)
      await #expect(throws: CampaignError.self) {
        _ = try await edit(bed, campaign, [["id": .integer(a.id), "type": "lead.changetags"]])
      }
      let back = try await edit(
        bed, campaign, [["id": .integer(a.id), "children": [.integer(b.id)]]])
      #expect(back.events[1].parent == a.id)
    }
  }

  @Test("CAM-630, CAM-631, CAM-632: a deleted event is cancelled; its children need a new parent")
  func deletion() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "d")), E.points("b", under: "a"), E.points("c", after: (2, "d")),
      ])
      let (b, c) = (campaign.events[1], campaign.events[2])
      try await bed.add([1], to: campaign.id)
      let keepingChild: [JSONValue] = [["id": .integer(b.id)], ["id": .integer(c.id)]]
      do {
        _ = try await edit(bed, campaign, keepingChild, replacing: true)
        Issue.record("the child lost its parent silently")
      } catch CampaignError.refused(let input) {
        #expect(input.description.contains("its parent"))
      }
      _ = try await edit(
        bed, campaign, [["id": .integer(b.id), "parent": nil], ["id": .integer(c.id)]],
        replacing: true)
      #expect(try await jobs(bed, "campaign.cancel") == 1)
      // Deleted events leave the graph at once, even before the log is cleaned up.
      try await bed.run(for: 3 * 86_400)
      #expect(
        try await bed.story(campaign.id) == ["a#1 scheduled @86400", "c#1 executed @172800"])
    }
  }

  @Test("CAM-415, CAM-622: changed delays of no children ask for new deadlines")
  func deadlines() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.points("no", under: "visit", path: "no", after: (3, "d")),
      ])
      _ = try await edit(
        bed, campaign, [["id": .integer(campaign.events[1].id), "triggerInterval": 1]])
      #expect(try await jobs(bed, "campaign.deadlines") == 1)
    }
  }

  @Test("CAM-602, CAM-603: nothing fires while unpublished; then all entries that came due do")
  func publishing() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.points("b", under: "a"),
      ])
      try await bed.add([1], to: campaign.id)
      _ = try await edit(bed, campaign) { $0.isPublished = false }
      try await bed.run(for: 3 * 3600)
      #expect(try await bed.story(campaign.id) == ["a#1 scheduled @3600"])
      // Contacts can be added by hand all the same; their immediate events wait.
      try await bed.campaigns.members.add([2], to: campaign.id)
      #expect(try await bed.story(campaign.id, 2) == ["a#1 scheduled @14400"])
      let updates = try await jobs(bed, "campaign.update")
      _ = try await edit(bed, campaign) { $0.isPublished = true }
      #expect(try await jobs(bed, "campaign.update") == updates + 1)
      try await bed.run(for: 0)
      #expect(
        try await bed.story(campaign.id) == ["a#1 executed @10800", "b#1 executed @10800"])
    }
  }

  @Test("CAM-602: immediate events of an unpublished campaign wait")
  func sleepingRoots() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign(
        [E.points("a"), E.points("b", under: "a")], published: false)
      try await bed.campaigns.members.add([1], to: campaign.id)
      #expect(try await bed.story(campaign.id) == ["a#1 scheduled @0"])
      _ = try await edit(bed, campaign) { $0.isPublished = true }
      try await bed.run(for: 60)
      #expect(try await bed.points(1) == 2)
    }
  }

  @Test("CAM-601, CAM-606: the window and the category decide too")
  func windows() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("a", after: (1, "h"))])
      try await bed.add([1], to: campaign.id)
      let (up, down) = (bed.now.addingTimeInterval(7200), bed.now.addingTimeInterval(10_800))
      _ = try await edit(bed, campaign) { $0.publishUp = .some(up) }
      try await bed.run(for: 3600)
      #expect(try await bed.points(1) == 0)
      #expect(try await bed.campaigns.update(campaign.id) == nil)
      bed.clock.now = up.addingTimeInterval(1)
      try await bed.run(for: 0)
      #expect(try await bed.points(1) == 1)
      _ = try await edit(bed, campaign) { $0.publishDown = .some(down) }
      #expect(try await bed.campaigns.update(campaign.id) != nil)
      bed.clock.now = down.addingTimeInterval(1)
      #expect(try await bed.campaigns.update(campaign.id) == nil)
      await #expect(throws: CampaignError.self) {
        _ = try await edit(bed, campaign) { $0.publishDown = .some(up) }
      }
      bed.clock.now = up.addingTimeInterval(1)
      let rows = try await bed.pool.query(
        """
        INSERT INTO categories (title, alias, bundle, is_published, date_added)
        VALUES ('Off', 'off', 'campaign', false, \(bed.now)) RETURNING id
        """)
      let category: Int64 = try rows[0].decode(at: 0)
      _ = try await edit(bed, campaign) { $0.category = .some(category) }
      #expect(try await bed.campaigns.update(campaign.id) == nil)
    }
  }

  @Test("CAM-506: publishing resets the count of failures")
  func failures() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([E.points("a")])
      try await bed.pool.query("UPDATE campaign_events SET failed_count = 7")
      _ = try await edit(bed, campaign) { $0.isPublished = false }
      _ = try await edit(bed, campaign) { $0.isPublished = true }
      let rows = try await bed.pool.query("SELECT FROM campaign_events WHERE failed_count > 0")
      #expect(rows.isEmpty)
    }
  }

  @Test("CAM-640, CAM-641: a deleted campaign is gone at once, and its users are reported")
  func deletionOfTheCampaign() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("a", after: (1, "h"))])
      try await bed.add([1], to: campaign.id)
      _ = try await bed.campaign([
        E.action(
          "move", "campaign.addremovelead", ["addTo": [.string(String(campaign.id))]],
          after: (1, "h"))
      ])
      let deleted = try await bed.editor.delete(campaign.id, by: .system)
      #expect(deleted?.name == "Campaign")
      try await bed.trigger("Hot", ["addTo": [.integer(campaign.id)]])
      try await bed.trigger("Cold", ["removeFrom": .string("\(campaign.id)")])
      try await bed.trigger("Other", ["addTo": [.integer(campaign.id + 1)]])
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added, filters)
        VALUES (7, 'Went', 'Went', 'went', \(bed.now), \(try JSON(JSONValue.array([
          ["object": "lead", "field": "campaign", "type": "campaign", "operator": "in",
            "properties": ["filter": [.string("\(campaign.id)")]]]
        ]))))
        """)
      let uses = try await bed.campaigns.uses(ofDeleted: campaign)
      #expect(uses.map(\.kind) == [.inUse])
      #expect(
        try await bed.editor.uses(of: campaign.id) == [
          "the campaign “Campaign”", "the point trigger “Cold”", "the point trigger “Hot”",
          "the segment “Went”",
        ])
      #expect(try await bed.campaigns.store.campaign(campaign.id) == nil)
      #expect(try await bed.editor.delete(campaign.id, by: .system) == nil)
      try await bed.run(for: 7200)
      #expect(try await bed.points(1) == 0)
    }
  }

  @Test("CAM-110, CAM-416, CAM-605: allowed but probably unintended settings")
  func warnings() async throws {
    try await CampaignBed.with { bed in
      let looping = try await bed.campaign(
        [
          E.points("a"),
          E.action(
            "out", "campaign.addremovelead", ["removeFrom": ["this"]], under: "a"),
        ], restart: true)
      #expect(try await bed.campaigns.warnings(about: looping).map(\.kind) == [.restartLoop])
      let left = try await bed.campaign([E.points("a")], restart: true)
      try await bed.trigger("In", ["addTo": [.integer(left.id)]])
      #expect(try await bed.campaigns.warnings(about: left).isEmpty)
      try await bed.trigger("Out", ["removeFrom": [.integer(left.id)]])
      #expect(try await bed.campaigns.warnings(about: left).map(\.kind) == [.restartLoop])
      let hasty = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.condition("ask", "lead.tags", ["tags": ["x"]], under: "visit", path: "no"),
      ])
      #expect(try await bed.campaigns.warnings(about: hasty).map(\.kind) == [.immediateNoPath])
      let mailing = try await bed.campaign([
        E.action("mail", "lead.changepoints", ["points": 1], ["channel": "email", "channelId": 9])
      ])
      let campaigns = Campaigns(
        runtime: bed.runtime, unpublishedEmails: { ids in [ids[0]: "Draft"] })
      #expect(try await campaigns.warnings(about: mailing).map(\.kind) == [.unpublishedEmail])
    }
  }
}
