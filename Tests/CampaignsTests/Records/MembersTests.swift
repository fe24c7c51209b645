import Contacts
import Fields
import Foundation
import JobQueue
import Segments
import Testing
import Users

@testable import Campaigns

@Suite("Manual members, and the records around campaigns")
struct MembersTests {
  @Test("CAM-105 to CAM-107: adding twice changes nothing, removing bars, adding restores")
  func byHand() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a")])
      let members = bed.campaigns.members
      #expect(try await members.add([2, 1], to: campaign.id) == [1, 2])
      #expect(try await members.add([1, 2, 3], to: campaign.id) == [3])
      #expect(try await members.remove([1], from: campaign.id) == [1])
      #expect(try await members.remove([1], from: campaign.id) == [])
      try await bed.follow(campaign.id)
      #expect(try await bed.points(1) == 1)
      #expect(try await members.add([1], to: campaign.id) == [1])
      #expect(try await bed.points(1) == 2)
      await #expect(throws: CampaignError.notFound("there is no contact 8, 9")) {
        try await members.add([1, 9, 8], to: campaign.id)
      }
      await #expect(throws: CampaignError.notFound("there is no campaign 99")) {
        try await members.remove([1], from: 99)
      }
      let member = try await bed.campaigns.memberStore.member(1, of: campaign.id)
      #expect(member?.rotation == 2 && member?.isManual == true && member?.isActive == true)
    }
  }

  @Test("Within the caller's transaction, as points do: an exit can be undone by a segment")
  func exits() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a")], restart: true)
      try await bed.follow(campaign.id)
      let (members, now) = (bed.campaigns.members, bed.now)
      let left = try await bed.jobs.transaction(at: now) { transaction in
        let locked = try await ContactLock.lock([1], on: transaction.connection)
        return try await members.change(
          locked, adding: [], removing: [campaign.id], as: .exit, in: transaction)
      }
      #expect(left == [1])
      bed.clock.now = now.addingTimeInterval(60)
      try await bed.follow(campaign.id)
      #expect(try await bed.points(1) == 2)
    }
  }

  @Test("CAM-804: finished, waiting, and when the next entry fires")
  func progress() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([
        E.condition("ask", "lead.field_value", ["field": "city", "operator": "!empty"]),
        E.points("later", under: "ask", path: "yes", after: (1, "h")),
        E.condition(
          "more", "lead.field_value",
          [
            "field": "zipcode", "operator": "!empty",
          ], under: "ask", path: "no"),
        E.decision("visit", "page.pagehit", under: "more", path: "yes"),
      ])
      try await bed.pool.query("UPDATE contacts SET city = 'x' WHERE id = 1")
      try await bed.pool.query("UPDATE contacts SET zipcode = 'x' WHERE id = 2")
      try await bed.add([1, 2, 3], to: campaign.id)
      let page = try await bed.campaigns.memberStore.progress(
        of: campaign.id, start: 0, limit: 10)
      #expect(page.total == 3)
      #expect(page.members.map(\.isFinished) == [false, false, true])
      #expect(page.members.map(\.isWaiting) == [false, true, false])
      #expect(
        page.members.map(\.nextFire) == [bed.now.addingTimeInterval(3600), nil, nil])
      let next = try await bed.campaigns.logStore.upcoming(after: bed.now, start: 0, limit: 5)
      #expect(next.map(\.contact) == [1])
    }
  }

  @Test("CAM-806: upcoming entries of all live campaigns are in order of time and in the future")
  func upcoming() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let first = try await bed.campaign([E.points("a", after: (2, "h"))])
      let second = try await bed.campaign([
        E.points("b", after: (1, "h")), E.points("c", after: (3, "h")),
        E.decision("visit", "page.pagehit"),
        E.points("d", under: "visit", path: "no", after: (4, "h")),
      ])
      for campaign in [first, second] { try await bed.add([1], to: campaign.id) }
      func next() async throws -> [Int64] {
        try await bed.campaigns.logStore.upcoming(after: bed.now, start: 0, limit: 10).map(\.event)
      }
      let (a, b, c) = (first.events[0].id, second.events[0].id, second.events[1].id)
      #expect(try await next() == [b, a, c])
      // Due entries are no longer upcoming, though not executed yet.
      bed.clock.now = bed.now.addingTimeInterval(3600)
      #expect(try await next() == [a, c])
      try await bed.publish(first.id, false)
      #expect(try await next() == [c])
    }
  }

  @Test(
    "SEG-90, SEG-91: a source cannot be unpublished; deleted, the campaign loses it and its members"
  )
  func segments() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([E.points("a")])
      try await bed.follow(campaign.id)
      try await bed.add([2], to: campaign.id)
      let editor = SegmentEditor(
        jobs: bed.jobs, fields: FieldStore(pool: bed.pool), uses: [.campaigns])
      var input = SegmentInput()
      input.isPublished = false
      await #expect(throws: SegmentError.self) {
        _ = try await editor.edit(1, input, by: .system)
      }
      try await editor.delete([1], force: true, by: .system)
      let after = try #require(try await bed.campaigns.store.campaign(campaign.id))
      #expect(after.sources.isEmpty && after.version == campaign.version + 1)
      let updates = try await bed.pool.query("SELECT FROM jobs WHERE name = 'campaign.update'")
      #expect(!updates.isEmpty)
      try await bed.follow(campaign.id)
      let page = try await bed.campaigns.memberStore.page(of: campaign.id, start: 0, limit: 10)
      #expect(page.members.map(\.contact) == [2])
    }
  }

  @Test("CON-23: fields that events read or write are in use")
  func fields() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([
        E.condition("ask", "lead.field_value", ["field": "city", "operator": "!empty"]),
        E.action("set", "lead.updatelead", ["zipcode": "1"]),
      ])
      let fields = try await FieldStore(pool: bed.pool).current().contact
      var used: [String] = []
      for field in fields {
        let names = try await bed.pool.withConnection {
          try await FieldUse.campaigns.names(field, $0)
        }
        if names == [campaign.name] { used.append(field.alias) }
      }
      #expect(used.sorted() == ["city", "zipcode"])
    }
  }

  @Test("Searches and segments can test campaign membership")
  func asking() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([E.points("a")])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.remove([2], from: campaign.id)
      let fields = try await FieldStore(pool: bed.pool).current()
      let condition = try ContactSelection(search: "campaign:\(campaign.id)").condition(
        fields: fields, user: 0, commands: CampaignSearch.commands,
        segments: { SegmentMembership.members(of: $0) })
      let found: [Int64] = try await bed.pool.query(
        "SELECT id FROM contacts WHERE \(sql: condition) ORDER BY id"
      ).map { try $0.decode(at: 0) }
      #expect(found == [1])
      var registry = FilterRegistry.contacts
      registry.addCampaigns()
      let editor = SegmentEditor(
        jobs: bed.jobs, fields: FieldStore(pool: bed.pool), registry: registry)
      for (operation, count) in [("in", 1), ("!in", 2)] {
        let preview = try await editor.preview(
          [
            [
              "glue": "and", "field": "campaign", "object": "lead", "type": "campaign",
              "operator": .string(operation), "properties": ["filter": [.integer(campaign.id)]],
            ]
          ], of: nil, sample: 10, by: .system)
        #expect(preview.count == count, "\(operation)")
      }
    }
  }
}
