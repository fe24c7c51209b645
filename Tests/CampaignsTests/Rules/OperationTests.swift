import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Campaigns

@Suite("Changes of a running campaign by operators")
struct OperationTests {
  static let day = 86_400.0

  @Test(
    "CAM-601, CAM-602, CAM-603: nothing happens while not live; then missed entries are due")
  func asleep() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      try await bed.segment(1, members: [1])
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.decision("b", "page.pagehit"),
        E.points("no", under: "b", path: "no", after: (2, "h")),
      ])
      try await bed.follow(campaign.id)
      try await bed.publish(campaign.id, false)
      try await bed.enterSegment(1, [2])
      try await bed.leaveSegment(1, [1])
      try await bed.follow(campaign.id)
      try await bed.run(for: Self.day)
      try await bed.engage("page.pagehit", [1])
      #expect(
        try await bed.story(campaign.id) == ["a#1 scheduled @3600", "b#1 waiting @7200"])
      #expect(try await bed.member(campaign.id, 2) == nil)
      try await bed.enterSegment(1, [1])
      try await bed.publish(campaign.id, true)
      try await bed.run(for: 0)
      #expect(
        Set(try await bed.story(campaign.id)) == [
          "a#1 executed @86400", "b#1 executed no @86400", "no#1 executed @86400",
        ])
      #expect(try await bed.member(campaign.id, 2) == "active #1")
    }
  }

  @Test("CAM-601, CAM-606: the window and the category silence a campaign like the switch")
  func window() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("a", after: (1, "h"))])
      try await bed.add([1], to: campaign.id)
      let (start, hour) = (bed.now, 3600.0)
      try await bed.edit(campaign.id) {
        $0.publishUp = .some(start.addingTimeInterval(2 * hour))
        $0.publishDown = .some(start.addingTimeInterval(3 * hour))
      }
      for (hours, isExecuted) in [(1.5, false), (3.0, false), (2.5, true)] {
        bed.clock.now = start.addingTimeInterval(hours * hour)
        try await bed.run(for: 0)
        let isDone = try await bed.story(campaign.id)[0].contains("executed")
        #expect(isDone == isExecuted, "after \(hours) h")
      }
    }
  }

  @Test("CAM-604: entries claimed before unpublishing complete; the events below them wait")
  func claimed() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      let (campaign, event) = try await bed.callThenPoints()
      let claim = try #require(
        try await bed.runtime.transaction(campaign.id, now: bed.now) {
          try await ExternalActions($0).claim(event, TrialExternal(), limit: 9, lease: .seconds(60))
        } ?? nil)
      try await bed.publish(campaign.id, false)
      _ = try await bed.runtime.transaction(campaign.id, now: bed.now, includingUnpublished: true) {
        try await ExternalActions($0).record(claim, claim.entries.map { ($0, .success(())) })
      }
      #expect(
        Set(try await bed.story(campaign.id)) == ["call#1 executed @0", "then#1 scheduled @0"])
      try await bed.publish(campaign.id, true)
      try await bed.run(for: 60)
      #expect(try await bed.story(campaign.id).contains("then#1 executed @0"))
    }
  }

  @Test("CAM-620: a stale version is refused; a save without changes is no edit")
  func versions() async throws {
    try await CampaignBed.with { bed in
      let campaign = try await bed.campaign([E.points("a")])
      try await bed.edit(campaign.id) { $0.name = "Campaign" }
      try await bed.edit(campaign.id) {
        $0.name = "Other"
        $0.version = campaign.version
      }
      await #expect(throws: CampaignError.self) {
        try await bed.edit(campaign.id) {
          $0.name = "Third"
          $0.version = campaign.version
        }
      }
      let found = try await CampaignStore(pool: bed.pool).campaign(campaign.id)
      #expect(found?.name == "Other")
      #expect(found?.version == campaign.version + 1)
    }
  }

  @Test(
    "CAM-214, CAM-621, CAM-622: edits apply to waiting entries; only longer delays move them"
  )
  func edits() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("longer", after: (1, "d")), E.points("shorter", after: (2, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      try await bed.edit(
        campaign, "longer",
        ["triggerInterval": .integer(3), "properties": .object(["points": .integer(50)])])
      try await bed.edit(campaign, "shorter", ["triggerInterval": .integer(1)])
      try await bed.run(for: 10 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "shorter#1 executed @172800", "longer#1 executed @259200",
        ])
      #expect(try await bed.points(1) == 51)
      // Being put back is not a failed attempt.
      let rows = try await bed.pool.query("SELECT max(attempts) FROM campaign_log")
      #expect(try rows[0].decode(at: 0, as: Int.self) == 0)
    }
  }

  @Test("CAM-623, CAM-624: a moved event keeps its entries; kind and type cannot change")
  func moves() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", after: (2, "d")), E.points("c", under: "a", after: (1, "d")),
        E.points("d", under: "c"),
      ])
      try await bed.add([1], to: campaign.id)
      let b = try #require(campaign.events.first { $0.name == "b" })
      try await bed.edit(campaign, "c", ["parent": .integer(b.id)])
      await #expect(throws: CampaignError.self) {
        try await bed.edit(campaign, "c", ["type": .string("lead.changetags")])
      }
      try await bed.run(for: 5 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "a#1 executed @0", "c#1 executed @86400", "d#1 executed @86400", "b#1 executed @172800",
        ])
    }
  }

  @Test(
    "CAM-630, CAM-631, CAM-632, CAM-633: a deleted event is cancelled, and no contact continues"
  )
  func deletedEvent() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (1, "d")), E.points("c", under: "b"),
      ])
      try await bed.add([1], to: campaign.id)
      func keep(_ names: [String], roots: [String] = []) async throws {
        var input = CampaignInput()
        (input.name, input.isPublished, input.segments) = ("Campaign", true, [1])
        input.events = campaign.events.filter { names.contains($0.name) }.map { event in
          var change = EventInput(.id(event.id))
          if roots.contains(event.name) { change.parent = .some(nil) }
          return change
        }
        _ = try await bed.editor.update(campaign.id, input, replacing: true, by: .system)
        try await bed.doEditJobs()
      }
      // Its child needs another parent.
      await #expect(throws: CampaignError.self) { try await keep(["a", "c"]) }
      try await keep(["a", "c"], roots: ["c"])
      try await bed.run(for: 5 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "a#1 executed @0", "b#1 cancelled @86400 (event_deleted)",
        ])
    }
  }

  @Test(
    "CAM-640, CAM-641: a deleted campaign stops at once; actions on it pass with a note"
  )
  func deletedCampaign() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let gone = try await bed.campaign([E.points("a", after: (1, "h"))])
      let other = try await bed.campaign([
        E.points("b", after: (2, "h")),
        E.add(
          "over", ["\(gone.id)"],
          [
            "triggerMode": .string("interval"), "triggerInterval": .integer(1),
            "triggerIntervalUnit": .string("h"),
          ]),
      ])
      try await bed.add([1, 2], to: gone.id)
      try await bed.add([1], to: other.id)
      #expect(try await bed.editor.uses(of: gone.id) == ["the campaign “Campaign”"])
      _ = try await bed.editor.delete(gone.id, by: .system)
      #expect(try await CampaignStore(pool: bed.pool).campaign(gone.id) == nil)
      try await bed.run(for: 2 * 3600)
      #expect(try await bed.story(gone.id) == ["a#1 scheduled @3600"])
      #expect(
        try await bed.story(other.id) == [
          "over#1 executed @3600 (not live or not there: campaign \(gone.id))",
          "b#1 executed @7200",
        ])
      try await bed.working {
        let came = try await eventually {
          try await bed.pool.query("SELECT FROM campaigns WHERE id = \(gone.id)").isEmpty
        }
        #expect(came)
      }
      for table in ["campaign_log", "campaign_members", "campaign_event_counts"] {
        let rows = try await bed.pool.query(
          "SELECT FROM \(identifier: table) WHERE campaign_id = \(gone.id)")
        #expect(rows.isEmpty, "\(table)")
      }
    }
  }

  @Test(
    "CAM-631, CAM-640: writes of transactions begun before are cancelled and removed, too"
  )
  func lateWriters() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let edited = try await bed.campaign([
        E.points("a", after: (1, "d")), E.points("b", after: (1, "d")),
      ])
      let gone = try await bed.campaign([E.points("c", after: (1, "d"))])
      let (engine, editor, now) = (bed.engine, bed.editor, bed.now)
      try await bed.working(scheduling: true) {
        try await bed.jobs.transaction(at: now) { transaction in
          // In progress while the event and the campaign are deleted.
          for campaign in [edited, gone] {
            _ = try await engine.transaction(campaign.id, in: transaction) {
              try await MembershipManager($0).add([1], by: .manual)
            }
          }
          var input = CampaignInput()
          (input.name, input.isPublished, input.segments) = ("Campaign", true, [1])
          input.events = [EventInput(.id(edited.events[0].id))]
          _ = try await editor.update(edited.id, input, replacing: true, by: .system)
          _ = try await editor.delete(gone.id, by: .system)
          let first = try await eventually {
            try await bed.pool.query(
              """
              SELECT FROM jobs WHERE name IN ('campaign.cancel', 'campaign.remove')
                AND state <> 2 AND run_at IS NULL
              """
            ).isEmpty
          }
          #expect(first)
        }
        bed.clock.now = now.addingTimeInterval(61)
        let cleared = try await eventually {
          let members = try await bed.member(gone.id)
          let story = try await bed.story(edited.id)
          return members == nil && story.contains("b#1 cancelled @86400 (event_deleted)")
        }
        #expect(cleared)
        #expect(try await bed.story(edited.id).contains("a#1 scheduled @86400"))
        #expect(try await bed.log(gone.id).isEmpty)
      }
    }
  }

  @Test("CAM-462, CAM-631: reconciliation cancels a dead worker's claims of a deleted event")
  func lapsedOfDeleted() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a"),
        E.action("call", "campaign.sendwebhook", ["url": "https://example.com", "method": "get"]),
      ])
      try await bed.add([1], to: campaign.id)
      let call = try #require(campaign.events.first { $0.name == "call" })
      guard case .external(let action)? = bed.engine.types[call.type] else { return }
      _ = try await bed.runtime.transaction(campaign.id, now: bed.now) {
        _ = try await ExternalActions($0).claim(call, action, limit: 10, lease: .seconds(12))
      }
      #expect(try await bed.story(campaign.id).contains("call#1 running @0"))
      var input = CampaignInput()
      (input.name, input.isPublished, input.segments) = ("Campaign", true, [1])
      input.events = [EventInput(.id(campaign.events[0].id))]
      _ = try await bed.editor.update(campaign.id, input, replacing: true, by: .system)
      // It may still be at work.
      try await bed.doEditJobs()
      #expect(try await bed.story(campaign.id).contains("call#1 running @0"))
      bed.clock.now = bed.now.addingTimeInterval(13)
      try await bed.working(scheduling: true) {
        let cancelled = try await eventually {
          try await bed.story(campaign.id).contains("call#1 cancelled @0 (event_deleted)")
        }
        #expect(cancelled)
      }
    }
  }

  @Test("Cancelled entries of a deleted event are locked in the order of contacts")
  func cancelsInOrder() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([E.points("a", after: (1, "d"))])
      let event = campaign.events[0].id
      // The second contact is due first.
      try await bed.add([2], to: campaign.id)
      bed.clock.now = bed.now.addingTimeInterval(1)
      try await bed.add([1], to: campaign.id)
      let (pool, jobs, now) = (bed.pool, bed.jobs, bed.now)
      func hold(_ contact: Int64, _ connection: PostgresConnection) async throws {
        try await connection.query(
          "SELECT FROM campaign_log WHERE contact_id = \(contact) AND event_id = \(event) FOR UPDATE"
        )
      }
      let cancelling = try await bed.jobs.transaction(at: now) { transaction in
        try await hold(1, transaction.connection)
        let task = Task {
          try await jobs.transaction(at: now) {
            try await TimerStore.cancelOpen(of: event, limit: 10, in: $0)
          }
        }
        let waits = try await eventually {
          try await pool.query(
            """
            SELECT FROM pg_stat_activity WHERE datname = current_database()
              AND wait_event_type = 'Lock' AND query LIKE '%event_deleted%'
            """
          ).count == 1
        }
        #expect(waits)
        try await transaction.query("SET LOCAL lock_timeout = '500ms'")
        try await hold(2, transaction.connection)
        return task
      }
      #expect(try await cancelling.value == 2)
      #expect(try await bed.log(campaign.id).allSatisfy { $0.state == "cancelled" })
    }
  }

  @Test("CAM-702, CAM-705, CAM-707: a fire time set by a user overrides the settings")
  func rescheduled() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points(
          "a", after: (1, "d"), ["triggerHour": .string("09:00")]), E.points("b", under: "a"),
      ])
      try await bed.add([1], to: campaign.id)
      let editor = CampaignLogEditor(runtime: bed.runtime)
      let a = try #require(campaign.events.first { $0.name == "a" })
      func move(_ seconds: Double) async throws {
        var change = EntryChange()
        change.triggerDate = CampaignBed.start.addingTimeInterval(seconds)
        _ = try await editor.change(a.id, contact: 1, change)
      }
      await #expect(throws: CampaignError.self) { try await move(-60) }
      #expect(try await bed.story(campaign.id) == ["a#1 scheduled @169200"])
      try await move(600)
      try await bed.edit(campaign, "a", ["triggerInterval": .integer(9)])
      bed.clock.now = CampaignBed.start.addingTimeInterval(601)
      await #expect(throws: CampaignError.self) { try await move(900) }
      await #expect(throws: CampaignError.self) { try await editor.cancel(a.id, contact: 1) }
      try await bed.run(for: 0)
      #expect(
        try await bed.story(campaign.id) == ["a#1 executed @601", "b#1 executed @601"])
      await #expect(throws: CampaignError.self) { try await move(900) }
    }
  }

  @Test(
    "CAM-460, CAM-461, CAM-703: a cancelled entry and those below it never run; the rest does"
  )
  func cancelled() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "d")), E.decision("b", "page.pagehit", under: "a"),
        E.points("c", after: (2, "d")),
      ])
      try await bed.add([1], to: campaign.id)
      let editor = CampaignLogEditor(runtime: bed.runtime)
      let a = try #require(campaign.events.first { $0.name == "a" })
      try await editor.cancel(a.id, contact: 1)
      await #expect(throws: CampaignError.self) { try await editor.cancel(a.id, contact: 1) }
      var change = EntryChange()
      change.triggerDate = CampaignBed.start.addingTimeInterval(600)
      let again = change
      await #expect(throws: CampaignError.self) {
        try await editor.change(a.id, contact: 1, again)
      }
      try await bed.run(for: 5 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "a#1 cancelled @86400 (user)", "c#1 executed @172800",
        ])
    }
  }
}
