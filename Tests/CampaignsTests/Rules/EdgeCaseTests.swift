import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments
import TestSupport
import Testing

@testable import Campaigns

/// Cases of section 13 of campaigns.md that no other test covers.
@Suite("Edge cases")
struct EdgeCaseTests {
  static let day = 86_400.0

  @Test("13: merged contacts: the winner gets the loser's runs of campaigns that it is not in")
  func merge() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let events = [E.points("a"), E.points("b", under: "a", after: (1, "d"))]
      let loserOnly = try await bed.campaign(events)
      let both = try await bed.campaign(events)
      try await bed.add([2], to: loserOnly.id)
      try await bed.add([2], to: both.id)
      try await bed.run(for: 3600)
      try await bed.add([1], to: both.id)
      let merger = ContactMerger(
        fields: bed.engine.fields,
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.campaigns,
        companies: { CompanyRules() })
      try await merger.merge(2, into: 1, by: .system, now: bed.now, with: bed.jobs.transactions)
      try await bed.run(for: 3 * Self.day)
      #expect(
        try await bed.story(loserOnly.id, 1) == ["a#1 executed @0", "b#1 executed @86400"])
      #expect(
        try await bed.story(both.id, 1) == ["a#1 executed @3600", "b#1 executed @90000"])
      for campaign in [loserOnly, both] {
        #expect(try await bed.log(campaign.id, contact: 2).isEmpty)
        let wrong = try await bed.pool.transaction {
          try await StatisticsRepair.run(campaign.id, on: $0)
        }
        #expect(wrong == 0)
      }
    }
  }

  @Test("13: a contact deleted while its entries are executed leaves nothing behind")
  func deletedMeanwhile() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let other = try await bed.campaign([E.points("x", after: (1, "d"))])
      let campaign = try await bed.campaign([
        E.points("start"),
        E.add(
          "over", ["\(other.id)"],
          [
            "triggerMode": .string("interval"), "triggerInterval": .integer(1),
            "triggerIntervalUnit": .string("h"),
          ]), E.points("then", under: "over", after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      let over = try #require(campaign.events.first { $0.name == "over" })
      let (engine, now) = (bed.engine, bed.now.addingTimeInterval(3600))
      // The deletion begins while the entry is being executed, and waits for it.
      let deletion: Task<Void, any Error> = try await bed.jobs.transaction(at: now) { transaction in
        _ = try await engine.transaction(campaign.id, in: transaction) {
          try await DueExecutor($0).execute(over, limit: 1)
        }
        let task = Task {
          _ = try await bed.jobs.transaction(at: now) { transaction in
            try await ContactDeletion.delete(
              [1], fields: engine.fields.current(on: transaction.connection), by: .system,
              in: transaction)
          }
        }
        _ = await eventually(within: .seconds(5)) {
          let rows = try? await bed.pool.query(
            """
            SELECT FROM pg_stat_activity WHERE datname = current_database()
              AND wait_event_type = 'Lock'
            """)
          return rows?.isEmpty == false
        }
        return task
      }
      try await deletion.value
      for table in ["campaign_log", "campaign_members"] {
        let rows = try await bed.pool.query("SELECT FROM \(identifier: table)")
        #expect(rows.isEmpty, "\(table)")
      }
    }
  }

  @Test(
    "13: an action that removes the contact from the source runs; reconciliation ends the run"
  )
  func outOfItsSegment() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([
        E.action(
          "out", "lead.changelist", ["removeFromLists": .array([.integer(1)])]),
        E.points("at-once", under: "out"), E.points("later", under: "out", after: (1, "h")),
      ])
      try await bed.follow(campaign.id)
      #expect(try await bed.story(campaign.id).contains("at-once#1 executed @0"))
      try await bed.follow(campaign.id)
      #expect(try await bed.member(campaign.id) == "exited #1")
      try await bed.run(for: Self.day)
      #expect(try await bed.points(1) == 1)
    }
  }

  @Test("CAM-905, 13: 3,000 entries due in one second are executed in batches, each once")
  func manyAtOnce() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3_000)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.points("b", under: "a"),
      ])
      try await bed.add(Array(1...3_000), to: campaign.id)
      try await bed.run(until: bed.now.addingTimeInterval(3600), limit: 400)
      let rows = try await bed.pool.query(
        "SELECT count(*) FROM contacts WHERE points = 2 AND id <= 3000")
      #expect(try rows[0].decode(at: 0, as: Int.self) == 3_000)
    }
  }

  @Test(
    "CAM-008, CAM-006, CAM-007: cycles without a delay, and too short delays, are refused")
  func refused() async throws {
    try await CampaignBed.with { bed in
      func check(_ events: [JSONValue], isRefused: Bool) async throws {
        var wasRefused = false
        do {
          _ = try await bed.campaign(events)
        } catch CampaignError.refused {
          wasRefused = true
        }
        #expect(wasRefused == isRefused, "\(events)")
      }
      func jump(_ more: [String: JSONValue] = [:], under: String, path: String? = nil) -> JSONValue
      {
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-a")], under: under,
          path: path, more)
      }
      let past: [String: JSONValue] = [
        "triggerMode": .string("date"), "triggerDate": .string("2020-01-01T00:00:00Z"),
      ]
      try await check([E.points("a"), jump(under: "a")], isRefused: true)
      try await check([E.points("a", 1, past), jump(under: "a")], isRefused: true)
      try await check([E.points("a", after: (1, "i")), jump(under: "a")], isRefused: false)
      let condition = E.condition("c", "lead.tags", under: "a", path: "no")
      let missed = [E.decision("a", "page.pagehit"), condition, jump(under: "c", path: "no")]
      try await check(missed, isRefused: true)
      let visited = [E.decision("a", "page.pagehit"), jump(under: "a", path: "yes")]
      try await check(visited, isRefused: false)
      let immediate = [E.decision("a", "page.pagehit"), E.points("b", under: "a", path: "no")]
      try await check(immediate, isRefused: true)
      for (minutes, isRefused) in [(29, true), (30, false)] {
        let restart = E.add(
          "r", ["this"],
          [
            "triggerMode": .string("interval"), "triggerInterval": .integer(Int64(minutes)),
            "triggerIntervalUnit": .string("i"),
          ])
        try await check([E.points("a"), restart], isRefused: isRefused)
      }
    }
  }
}
