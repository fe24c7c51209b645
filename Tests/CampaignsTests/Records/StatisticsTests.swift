import Contacts
import Foundation
import TestSupport
import Testing
import Users

@testable import Campaigns

@Suite("Campaign statistics (campaigns.md 11), and contacts that are merged or deleted")
struct StatisticsTests {
  @Test("CAM-801, CAM-803: counters agree with the log, whatever happens to members")
  func counters() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("statistics seed \(seed)")
    try await CampaignBed.with { bed in
      var random = SeededGenerator(seed: seed)
      try await bed.contacts(16)
      try await bed.pool.query("UPDATE contacts SET city = 'x' WHERE id % 3 = 0")
      let campaign = try await bed.campaign(
        [
          E.points("a"), E.decision("visit", "page.pagehit", under: "a"),
          E.points("came", under: "visit", path: "yes"),
          E.points("missed", under: "visit", path: "no", after: (2, "h")),
          E.condition(
            "ask", "lead.field_value", ["field": "city", "operator": "!empty"], under: "missed"),
          E.action(
            "out", "campaign.addremovelead", ["removeFrom": ["this"]], under: "ask", path: "no",
            after: (1, "h")),
          E.action(
            "back", "campaign.jump_to_event", ["jumpToEvent": "new-missed"], under: "ask",
            path: "yes", after: (5, "h")),
        ], restart: true)
      var alive = (1...16).map { Int64($0) }
      for round in 0..<16 {
        let some = alive.shuffled(using: &random).prefix(6)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: try await bed.add(Array(some), to: campaign.id)
        case 2: try await bed.remove(Array(some), from: campaign.id)
        case 3: try await bed.engage("page.pagehit", Array(some))
        case 4 where alive.count > 8:
          try await bed.merge(some[some.startIndex], into: some[some.startIndex + 1])
          alive.removeAll { $0 == some[some.startIndex] }
        case 5 where alive.count > 8:
          try await bed.delete([some[some.startIndex]])
          alive.removeAll { $0 == some[some.startIndex] }
        default: break
        }
        try await bed.run(for: Double(Int.random(in: 0...9000, using: &random)))
        let wrong = try await bed.corrections(of: campaign.id)
        guard wrong == 0 else {
          Issue.record("seed \(seed), round \(round): \(wrong) counters are wrong")
          return
        }
      }
      let members = try await bed.pool.query(
        "SELECT count(*) FROM campaign_members WHERE is_active")
      let numbers = try await bed.campaigns.statistics.numbers(of: campaign.id)
      #expect(try members.first?.decode(at: 0) == numbers.members)
      let orphans = try await bed.pool.query(
        """
        SELECT FROM campaign_log l WHERE NOT EXISTS (SELECT FROM campaign_members m
          WHERE m.contact_id = l.contact_id AND m.campaign_id = l.campaign_id)
        """)
      #expect(orphans.isEmpty, "seed \(seed)")
    }
  }

  @Test("CAM-801: the current rotation of active members counts, and failures are not executed")
  func numbers() async throws {
    try await CampaignBed.with(
      settings: CampaignSettings(companies: CompanyRules(), retryInterval: .zero)
    ) { bed in
      try await bed.contacts(5)
      try await bed.pool.query("UPDATE contacts SET city = 'x' WHERE id <= 3")
      let campaign = try await bed.campaign(
        [
          E.condition("ask", "lead.field_value", ["field": "city", "operator": "!empty"]),
          E.points("later", under: "ask", path: "yes", after: (1, "h")),
          E.action("fail", "lead.changeowner", ["owner": [7]], under: "ask", path: "no"),
        ], restart: true, trusting: true)
      try await bed.add([1, 2, 3, 4, 5], to: campaign.id)
      try await bed.run(for: 60)
      // One restarts, one leaves.
      try await bed.add([1], to: campaign.id)
      try await bed.remove([3], from: campaign.id)
      let numbers = try await bed.campaigns.statistics.numbers(of: campaign.id)
      #expect(numbers.members == 4)
      func expected(_ change: (inout EventNumbers) -> Void) -> EventNumbers {
        var numbers = EventNumbers()
        change(&numbers)
        return numbers
      }
      #expect(
        campaign.events.map { numbers.events[$0.id] } == [
          expected { ($0.executed, $0.yes, $0.no) = (4, 2, 2) }, expected { $0.scheduled = 2 },
          expected { $0.failed = 2 },
        ])
    }
  }

  @Test("CAM-803: a repair corrects wrong counters, and the days show it")
  func repair() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([E.points("a"), E.points("b", after: (1, "d"))])
      try await bed.add([1, 2, 3], to: campaign.id)
      try await bed.run(for: 86_400)
      try await bed.remove([3], from: campaign.id)
      for table in ["campaign_event_hours", "campaign_member_hours", "campaign_event_counts"] {
        try await bed.pool.query("DELETE FROM \(identifier: table)")
      }
      #expect(try await bed.corrections(of: campaign.id) > 0)
      #expect(try await bed.corrections(of: campaign.id) == 0)
      let days = try await bed.campaigns.statistics.days(
        of: campaign.id, from: CampaignBed.start, to: bed.now)
      #expect(days.days == ["2023-11-15", "2023-11-16"])
      #expect(days.added == [3, 0] && days.removed == [0, 1])
      #expect(days.executed[campaign.events[0].id] == [3, 0])
      #expect(days.executed[campaign.events[1].id] == [0, 3])
      let numbers = try await bed.campaigns.statistics.numbers(of: campaign.id)
      #expect(numbers.members == 2 && numbers.events[campaign.events[1].id]?.executed == 2)
    }
  }

  @Test("CAM-803: a repair does not wait, and concurrent counts are not added twice")
  func repairBesideOthers() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(5)
      let campaign = try await bed.campaign([E.points("a")])
      try await bed.add([1, 2], to: campaign.id)
      try await bed.pool.query("DELETE FROM campaign_event_counts")
      let (engine, pool, now) = (bed.engine, bed.pool, bed.now)
      let corrected = try await bed.jobs.transaction(at: now) { transaction in
        // It has counted, and has not committed.
        _ = try await engine.transaction(campaign.id, in: transaction) {
          try await MembershipManager($0).add([3, 4, 5], by: .manual)
        }
        return try await pool.transaction { other in
          try await other.query("SET LOCAL lock_timeout = '2s'")
          return try await StatisticsRepair.run(campaign.id, on: other)
        }
      }
      #expect(corrected == 1)
      #expect(try await bed.corrections(of: campaign.id) == 0)
      let numbers = try await bed.campaigns.statistics.numbers(of: campaign.id)
      #expect(numbers.members == 5 && numbers.events[campaign.events[0].id]?.executed == 5)
    }
  }

  @Test("CAM-802: percentages have one decimal and stay within 0 and 100")
  func percentages() {
    #expect(EventNumbers.percent(1, of: 3) == 33.3)
    #expect(EventNumbers.percent(0, of: 0) == 0)
    #expect(EventNumbers.percent(5, of: 3) == 100)
    #expect(EventNumbers.percent(-1, of: 3) == 0)
  }
}
