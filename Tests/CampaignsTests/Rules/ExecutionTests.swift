import Contacts
import Foundation
import Primitives
import Testing

@testable import Campaigns

@Suite("Actions, conditions and jumps")
struct ExecutionTests {
  static let day = 86_400.0

  private static func rich(
    _ id: String, _ score: Int, under parent: String? = nil, after: (Int, String)? = nil
  ) -> JSONValue {
    E.condition(
      id, "lead.points", ["operator": .string("gte"), "score": .integer(Int64(score))],
      under: parent, after: after)
  }

  @Test("CAM-004, CAM-301: conditions, then actions in order, each with the events below it")
  func order() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("second", 10, ["order": .integer(2)]),
        E.points("first", 1, ["order": .integer(1)]),
        E.points("below-first", 5, under: "first"),
        Self.rich("at-first", 1), Self.rich("then", 6, under: "below-first"),
        Self.rich("not-yet", 16, under: "below-first"),
      ])
      try await bed.add([1], to: campaign.id)
      #expect(
        Set(try await bed.story(campaign.id)) == [
          "at-first#1 executed no @0", "first#1 executed @0", "below-first#1 executed @0",
          "then#1 executed yes @0", "not-yet#1 executed no @0", "second#1 executed @0",
        ])
    }
  }

  @Test("CAM-302, CAM-307, CAM-501, CAM-503: a failure delays one contact, and is retried")
  func failure() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(4)
      let until = Int64(CampaignBed.start.timeIntervalSince1970) + 7_000
      let campaign = try await bed.campaign([
        E.action("try", "trial.action", ["modulus": .integer(3), "until": .integer(until)]),
        E.points("then", under: "try", after: (1, "h")), E.points("sibling"),
      ])
      try await bed.add([1, 2, 3, 4], to: campaign.id)
      #expect(try await bed.story(campaign.id, 3).contains("sibling#1 executed @0"))
      #expect(try await bed.story(campaign.id, 3).contains("try#1 scheduled @3600"))
      #expect(try await bed.story(campaign.id, 2).contains("then#1 scheduled @3600"))
      try await bed.run(for: Self.day)
      // Two failures, then success; the delay counts from it.
      #expect(
        try await bed.story(campaign.id, 3) == [
          "sibling#1 executed @0", "try#1 executed @7200", "then#1 executed @10800",
        ])
    }
  }

  @Test(
    "CAM-502, CAM-507: an action is given up after the last attempt, or if retrying is useless")
  func givenUp() async throws {
    var settings = CampaignSettings(companies: CompanyRules())
    settings.maxAttempts = 3
    try await CampaignBed.with(settings: settings, types: .trial) { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.action("often", "trial.action"), E.points("never", under: "often"),
        E.action("once", "trial.action", ["final": .integer(1)]),
        E.action("slow", "trial.action", ["retry": .integer(36_000)]),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 9_000)
      let rows = try await bed.pool.query(
        """
        SELECT e.name || ' ' || l.state || ' ' || l.attempts || ' ' || l.error FROM campaign_log l
          JOIN campaign_events e ON e.id = l.event_id ORDER BY e.name
        """)
      #expect(
        try rows.map { try $0.decode(at: 0, as: String.self) } == [
          "often 4 3 the trial fails", "once 4 1 the trial fails", "slow 0 1 the trial fails",
        ])
    }
  }

  @Test(
    "CAM-504, CAM-505, CAM-506: hourly notices of failures; a mostly failing campaign stops"
  )
  func stops() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(12)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, role_id, password_hash, date_added)
        VALUES (1, 'admin', 1, '', \(bed.now))
        """)
      let campaign = try await bed.campaign([E.action("try", "trial.action", after: (1, "h"))])
      try await bed.add(Array(1...9), to: campaign.id)
      try await bed.run(for: 3600)
      func count() async throws -> (Int64, Bool) {
        let rows = try await bed.pool.query(
          """
          SELECT e.failed_count, c.is_published FROM campaign_events e
            JOIN campaigns c ON c.id = e.campaign_id
          """)
        return try rows[0].decode(Int64.self, Bool.self)
      }
      // Nine are too few.
      #expect(try await count() == (9, true))
      try await bed.run(for: 3600)
      #expect(try await count() == (18, false))
      #expect(try await bed.log(campaign.id).filter { $0.state == "scheduled" }.count == 9)
      // One notice per hour, and one that it was stopped.
      let notes = try await bed.pool.query("SELECT FROM inbox WHERE user_id = 1")
      #expect(notes.count == 3)
      try await bed.publish(campaign.id, true)
      #expect(try await count() == (0, true))
    }
  }

  @Test("CAM-304: a delay on a condition precedes its evaluation, one on its child follows it")
  func conditionDelays() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        Self.rich("rich", 5, after: (1, "d")),
        E.points("yes", under: "rich", path: "yes", after: (2, "d")),
        E.points("no", under: "rich", path: "no"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.pool.query("UPDATE contacts SET points = 7")
      try await bed.run(for: 5 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "rich#1 executed yes @86400", "yes#1 executed @259200",
        ])
    }
  }

  @Test("CAM-305, CAM-403: a repeated engagement finds its entry executed")
  func once() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"), E.points("came", 5, under: "visit", path: "yes"),
      ])
      try await bed.add([1], to: campaign.id)
      for _ in 0..<3 { try await bed.engage("page.pagehit", [1]) }
      #expect(try await bed.points(1) == 5)
    }
  }

  @Test(
    "CAM-306: if retrying is pointless the action counts as executed, with a note of its own"
  )
  func notes() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.action("some", "trial.action", ["modulus": .integer(2), "note": .integer(1)]),
        E.points("then", under: "some"),
      ])
      try await bed.add([1, 2], to: campaign.id)
      #expect(
        try await bed.story(campaign.id, 1) == ["some#1 executed @0", "then#1 executed @0"])
      #expect(
        try await bed.story(campaign.id, 2) == [
          "some#1 executed @0 (the trial notes)", "then#1 executed @0",
        ])
    }
  }

  @Test(
    "CAM-308, CAM-350, CON-94: a contact from a segment is deleted with its log and counts"
  )
  func deletion() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let other = try await bed.campaign([E.points("a"), E.points("b", after: (1, "d"))])
      let campaign = try await bed.campaign([
        E.points("start"),
        E.action("delete", "lead.deletecontact", under: "start", after: (1, "h")),
        E.points("later", under: "start", after: (2, "h")),
      ])
      try await bed.add([1, 2, 3], to: other.id)
      try await bed.enterSegment(1, [1, 2])
      try await bed.follow(campaign.id)
      try await bed.run(for: Self.day)
      #expect(try await bed.log(campaign.id).isEmpty)
      #expect(Set(try await bed.log(other.id).map(\.contact)) == [3])
      for id in [campaign.id, other.id] {
        let wrong = try await bed.pool.transaction { try await StatisticsRepair.run(id, on: $0) }
        #expect(wrong == 0)
      }
      let left = try await bed.pool.query("SELECT id FROM contacts")
      #expect(left.count == 1)
    }
  }

  @Test(
    "CAM-342, CAM-343: entries scheduled before a jump still fire; root decisions stay closed")
  func jump() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("start"), E.decision("root", "page.pagehit"),
        E.points("late", under: "start", after: (3, "h")), E.points("below", under: "late"),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-target")], under: "start",
          after: (1, "h")),
        E.points("target", under: "start", after: (9, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.run(for: 5 * 3600)
      try await bed.engage("page.pagehit", [1])
      #expect(
        Set(try await bed.story(campaign.id)) == [
          "start#1 executed @0", "jump#1 executed @3600", "late#1 executed @10800",
          // Recorded in the rotation that is current then.
          "below#2 executed @10800", "target#1 scheduled @777600", "target#2 scheduled @781200",
          "root#1 cancelled (the contact jumped to another event)",
        ])
    }
  }

  @Test("CAM-344: an interrupted jump has not happened")
  func brokenJump() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("start"), E.points("target", under: "start", after: (9, "d")),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": "new-target"], under: "start",
          after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      let before = try await bed.log(campaign.id)
      let jump = campaign.events[2]
      bed.clock.now = bed.now.addingTimeInterval(3600)
      let now = bed.now
      await #expect(throws: CancellationError.self) {
        _ = try await bed.runtime.transaction(campaign.id, now: now) { transaction in
          let taken = try await DueExecutor(transaction).execute(jump, limit: 10)
          #expect(taken == 1)
          throw CancellationError()
        }
      }
      #expect(try await bed.log(campaign.id) == before)
      #expect(try await bed.member(campaign.id) == "active manual #1")
      try await bed.run(for: 0)
      #expect(try await bed.member(campaign.id) == "active manual #2")
      #expect(try await bed.story(campaign.id).contains("target#2 scheduled @781200"))
    }
  }

  @Test("CAM-219: one transaction computes everything from the same instant")
  func oneInstant() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(500)
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a"), E.points("c", under: "b", after: (1, "h")),
        E.decision("visit", "page.pagehit", under: "b"),
        E.points("no", under: "visit", path: "no", after: (2, "h")),
      ])
      try await bed.campaigns.members.add(Array(1...500), to: campaign.id)
      let starts = try await bed.pool.query("SELECT DISTINCT date_added FROM campaign_members")
      #expect(starts.count == 1)
      // Counted from the start of the run, to the microsecond.
      let times: [String] = try await bed.pool.query(
        """
        SELECT concat_ws(' ', e.name, l.base_at - m.date_added,
          coalesce(l.executed_at, l.fire_at) - m.date_added, count(*))
        FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id
          JOIN campaign_members m ON m.contact_id = l.contact_id
        GROUP BY e.name, l.base_at - m.date_added, coalesce(l.executed_at, l.fire_at) - m.date_added
        ORDER BY e.name
        """
      ).map { try $0.decode(at: 0) }
      #expect(
        times == [
          "a 00:00:00 00:00:00 500", "b 00:00:00 00:00:00 500", "c 00:00:00 01:00:00 500",
          "visit 00:00:00 02:00:00 500",
        ])
    }
  }

  @Test("CAM-345: of simultaneously due events the jump runs last, whichever is claimed first")
  func jumpLast() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("start"),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-target")], under: "start",
          after: (1, "h")),
        E.points("mail", under: "start", after: (1, "h")), E.points("below", under: "mail"),
        E.points("target", under: "start", after: (9, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(3600)
      let jump = try #require(campaign.events.first { $0.name == "jump" })
      let mail = try #require(campaign.events.first { $0.name == "mail" })
      for event in [jump, mail, jump] {
        _ = try await bed.runtime.transaction(campaign.id, now: bed.now) {
          try await DueExecutor($0).execute(event, limit: 10)
        }
      }
      #expect(try await bed.story(campaign.id).contains("below#1 executed @3600"))
      #expect(try await bed.story(campaign.id).contains("jump#1 executed @3600"))
    }
  }

  @Test("CAM-346: a jump whose target was deleted is executed with a note, and changes no rotation")
  func jumpNowhere() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("start"), E.points("target", under: "start", after: (9, "d")),
        E.action(
          "jump", "campaign.jump_to_event", ["jumpToEvent": .string("new-target")], under: "start",
          after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      let target = try #require(campaign.events.first { $0.name == "target" })
      // The state after an edit that removes the target.
      try await bed.pool.query(
        "UPDATE campaign_events SET deleted_at = \(bed.now) WHERE id = \(target.id)")
      try await bed.pool.query("UPDATE campaigns SET version = version + 1")
      try await bed.run(for: 7200)
      #expect(
        try await bed.story(campaign.id).contains(
          "jump#1 executed @3600 (the target of the jump does not exist)"))
      #expect(try await bed.member(campaign.id) == "active manual #1")
    }
  }

  @Test("CAM-440: a condition on something that no longer exists is false, with a note")
  func missing() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1)
      try await bed.segment(5)
      let campaign = try await bed.campaign([
        E.condition("in", "lead.segments", ["segments": .array([.integer(5)])], after: (1, "h")),
        E.points("no", under: "in", path: "no"),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.pool.query("DELETE FROM segments WHERE id = 5")
      try await bed.run(for: 7200)
      #expect(
        try await bed.story(campaign.id) == [
          "in#1 executed no @3600 (what it asks about does not exist)", "no#1 executed @3600",
        ])
    }
  }
}
