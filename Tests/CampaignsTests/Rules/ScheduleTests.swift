import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Campaigns

@Suite("Finding and claiming due entries")
struct ScheduleTests {
  static let day = 86_400.0

  @Test(
    "CAM-213: an entry due at any fraction of a second runs then, and is not put back endlessly",
    .timeLimit(.minutes(10)))
  func fractions() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(40)
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (2, "d")),
        E.decision("visit", "page.pagehit", under: "a"),
        E.points("missed", under: "visit", path: "no", after: (1, "d")),
      ])
      for contact in 1...40 as ClosedRange<Int64> {
        // Typical clock values, which neither a double nor the database can represent.
        bed.clock.now = bed.now.addingTimeInterval(0.000_000_7 + Double(contact) * 0.000_000_313)
        try await bed.add([contact], to: campaign.id)
      }
      try await bed.run(for: 3 * 86_400)
      let states = Set(try await bed.log(campaign.id).map { "\($0.event) \($0.state)" })
      #expect(states == ["a executed", "b executed", "visit executed", "missed executed"])
    }
  }

  @Test(
    "CAM-213, CAM-215, CAM-216: never early; late entries wait for a window, 60 min for an hour"
  )
  func late() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points(
          "window", after: (6, "h"),
          [
            "triggerRestrictedStartHour": .string("09:00"),
            "triggerRestrictedStopHour": .string("17:00"),
          ]),
        E.points("hour", after: (0, "d"), ["triggerHour": .string("16:00")]),
        E.points("soon", after: (0, "d"), ["triggerHour": .string("17:20")]),
      ])
      try await bed.add([1], to: campaign.id)
      bed.clock.now = CampaignBed.start.addingTimeInterval(6 * 3600 - 1)
      try await bed.run(for: 0)
      #expect(try await bed.story(campaign.id).allSatisfy { $0.contains("scheduled") })
      // Nothing runs until 18:00.
      bed.clock.now = CampaignBed.start.addingTimeInterval(8 * 3600)
      try await bed.run(for: 0)
      #expect(
        try await bed.story(campaign.id) == [
          "soon#1 executed @28800", "window#1 scheduled @82800", "hour#1 scheduled @108000",
        ])
      try await bed.run(for: 3 * Self.day)
      #expect(
        try await bed.story(campaign.id) == [
          "soon#1 executed @28800", "window#1 executed @82800", "hour#1 executed @108000",
        ])
    }
  }

  @Test(
    "CAM-214, CAM-907: a changed zone postpones an entry, or lets it fire at the stored time"
  )
  func zones() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1, zone: "Europe/Berlin")
      try await bed.contacts(1, from: 2, zone: "America/New_York")
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "d"), ["triggerHour": .string("12:00")])
      ])
      try await bed.add([1, 2], to: campaign.id)
      #expect(try await bed.story(campaign.id, 1) == ["a#1 scheduled @90000"])
      #expect(try await bed.story(campaign.id, 2) == ["a#1 scheduled @111600"])
      try await bed.pool.query(
        """
        UPDATE contacts SET timezone =
          CASE id WHEN 1 THEN 'America/New_York' ELSE 'Europe/Berlin' END
        """)
      try await bed.run(for: 3 * Self.day)
      #expect(try await bed.story(campaign.id, 1) == ["a#1 executed @111600"])
      #expect(try await bed.story(campaign.id, 2) == ["a#1 executed @111600"])
    }
  }

  @Test(
    "CAM-218: an empty date ends with no_date; a later date is followed, an earlier one is not")
  func contactDate() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(4)
      try await bed.pool.query(
        """
        UPDATE contacts SET attribution_date = \(bed.now.addingTimeInterval(Self.day)) WHERE id < 4
        """)
      let campaign = try await bed.campaign([
        E.points(
          "a", 1,
          [
            "triggerMode": .string("contact_date"), "triggerOffset": .integer(1),
            "triggerContactField": .string("attribution_date"),
          ]),
        E.points("below", under: "a"),
      ])
      try await bed.add([1, 2, 3, 4], to: campaign.id)
      #expect(try await bed.story(campaign.id, 4) == ["a#1 executed @0 (no_date)"])
      try await bed.pool.query(
        """
        UPDATE contacts SET attribution_date = CASE id WHEN 1 THEN NULL
          WHEN 2 THEN \(bed.now.addingTimeInterval(2 * Self.day))::timestamptz
          ELSE \(bed.now)::timestamptz END
        """)
      try await bed.run(for: 5 * Self.day)
      #expect(try await bed.story(campaign.id, 1) == ["a#1 executed @172800 (no_date)"])
      #expect(
        try await bed.story(campaign.id, 2) == ["a#1 executed @259200", "below#1 executed @259200"])
      #expect(
        try await bed.story(campaign.id, 3) == ["a#1 executed @172800", "below#1 executed @172800"])
    }
  }

  @Test(
    "CAM-901: only rows determine what is due; lost or spurious jobs in Redis change nothing")
  func index() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(3)
      let campaign = try await bed.campaign([E.points("a", after: (1, "h"))])
      try await bed.add([1, 2, 3], to: campaign.id)
      let a = try #require(campaign.events.first)
      try await bed.working {
        // Spurious jobs, for an event that is not due and one that never existed.
        try await bed.jobs.enqueue(ExecuteDue(event: a.id))
        try await bed.jobs.enqueue(ExecuteDue(event: 99_999))
        bed.clock.now = bed.now.addingTimeInterval(3_601)
        let now = bed.now
        let timers = try await bed.pool.withConnection {
          try await TimerStore.buckets(of: [a.id: now, 99_999: now], now: now, on: $0)
        }
        #expect(timers.map(\.event) == [a.id])
        try await bed.runtime.layTimers()
        let came = try await eventually {
          try await bed.log(campaign.id).allSatisfy { $0.state == "executed" }
        }
        #expect(came)
      }
      for contact in 1...3 as ClosedRange<Int64> { #expect(try await bed.points(contact) == 1) }
    }
  }

  @Test(
    "CAM-213, CAM-214: an instant of any microsecond comes due, and is not put back to itself",
    .timeLimit(.minutes(10)))
  func microseconds() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(60)
      let campaign = try await bed.campaign([
        E.points("a"), E.points("b", under: "a", after: (2, "d")),
        E.decision("visit", "page.pagehit", under: "b"),
        E.points("no", under: "visit", path: "no", after: (1, "d")),
      ])
      for contact in 1...60 as ClosedRange<Int64> {
        bed.clock.now = CampaignBed.start.addingTimeInterval(Double(contact) * 0.013_793_1)
        try await bed.add([contact], to: campaign.id)
      }
      try await bed.run(for: 4 * Self.day)
      let rows = try await bed.pool.query("SELECT count(*) FROM contacts WHERE points = 3")
      #expect(try rows[0].decode(at: 0, as: Int.self) == 60)
    }
  }

  @Test("CAM-904: earlier entries are served first, and a large campaign starves no small one")
  func fairness() async throws {
    try await CampaignBed.with(batchSize: 20) { bed in
      try await bed.contacts(6_000)
      let large = try await bed.campaign([E.points("a", after: (1, "h"))])
      let small = try await bed.campaign([E.points("b", after: (1, "h"))])
      for contact in [3, 1, 2] as [Int64] {
        try await bed.add([contact], to: small.id)
        bed.clock.now = bed.now.addingTimeInterval(1)
      }
      try await bed.add(Array(1...6_000), to: large.id)
      bed.clock.now = bed.now.addingTimeInterval(3600)
      let (a, b, now) = (large.events[0], small.events[0], bed.now)
      let first = try await bed.runtime.transaction(small.id, now: now) {
        try await DueExecutor($0).execute(b, limit: 2)
      }
      #expect(first == 2)
      let executed = try await bed.log(small.id).filter { $0.state == "executed" }.map(\.contact)
      #expect(executed == [1, 3])
      // Thousands of the large one are requested before the last of the small one.
      try await bed.working(concurrency: 1) {
        for event in [a, b] {
          await bed.runtime.timers.stage([TimerBucket(event: event.id, at: now)])
        }
        let isServed = try await eventually(within: .seconds(30)) {
          let rows = try await bed.pool.query(
            """
            SELECT FROM campaign_log WHERE event_id = \(b.id) AND state = 0
            """)
          return rows.isEmpty
        }
        #expect(isServed)
        // Batches of the large one are still open, or were executed by later transactions.
        let later = try await bed.pool.query(
          """
          SELECT count(*) FROM campaign_log WHERE event_id = \(a.id) AND (state = 0 OR xmin::text::bigint
            > (SELECT max(xmin::text::bigint) FROM campaign_log WHERE event_id = \(b.id)))
          """)
        #expect(try later[0].decode(at: 0, as: Int.self) > 0)
      }
    }
  }

  @Test("CAM-903, CAM-908: locked entries are skipped, and each is executed once")
  func claims() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(300)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.points("b", under: "a"),
      ])
      try await bed.add(Array(1...300), to: campaign.id)
      let a = try #require(campaign.events.first { $0.name == "a" })
      let now = bed.now.addingTimeInterval(3600)
      let taken = try await withThrowingTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var total = 0
            for _ in 0..<12 {
              total +=
                try await bed.runtime.transaction(campaign.id, now: now) {
                  try await DueExecutor($0).execute(a, limit: 10)
                } ?? 0
            }
            return total
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(taken == 300)
      let rows = try await bed.pool.query(
        "SELECT count(*) FROM contacts WHERE points = 2 AND id <= 300")
      #expect(try rows[0].decode(at: 0, as: Int.self) == 300)
    }
  }

  @Test(
    "CAM-462, CAM-910: a dead worker's claim is taken over; the first one's results are void"
  )
  func lapsed() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      let (campaign, event) = try await bed.callThenPoints()
      func claim(_ seconds: Double) async throws -> Claim? {
        try await bed.runtime.transaction(campaign.id, now: bed.now.addingTimeInterval(seconds)) {
          try await ExternalActions($0).claim(event, TrialExternal(), limit: 9, lease: .seconds(60))
        } ?? nil
      }
      func record(_ claim: Claim, _ seconds: Double) async throws {
        _ = try await bed.runtime.transaction(campaign.id, now: bed.now.addingTimeInterval(seconds))
        {
          try await ExternalActions($0).record(claim, claim.entries.map { ($0, .success(())) })
        }
      }
      let first = try #require(try await claim(0))
      #expect(try await claim(30) == nil)
      let second = try #require(try await claim(61))
      // CAM-453.
      #expect(first.key(first.entries[0]) == second.key(second.entries[0]))
      try await record(first, 62)
      #expect(try await bed.story(campaign.id) == ["call#1 running @0"])
      try await record(second, 63)
      try await record(second, 64)
      #expect(
        try await bed.story(campaign.id) == ["call#1 executed @63", "then#1 executed @63"])
      #expect(try await bed.points(1) == 1)
    }
  }

  @Test(
    "CAM-462: a claim is renewed while its worker lives, and lapses within seconds of its death")
  func renewed() async throws {
    try await CampaignBed.with(types: .trial) { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([
        E.action("call", "trial.outside", ["modulus": .integer(9)])
      ])
      try await bed.add([1, 2], to: campaign.id)
      let event = try #require(campaign.events.first { $0.name == "call" })
      func claim() async throws -> Claim? {
        try await bed.runtime.transaction(campaign.id, now: bed.now) {
          try await ExternalActions($0).claim(
            event, TrialExternal(), limit: 9, lease: ExternalDispatcher.lease)
        } ?? nil
      }
      let first = try #require(try await claim())
      // The remote side is slow.
      for _ in 0..<5 {
        let work = Task {
          await ExternalDispatcher(bed.runtime).renew(first, every: .milliseconds(1))
        }
        let until = bed.now.addingTimeInterval(ExternalDispatcher.lease / .seconds(1) - 0.1)
        #expect(
          try await eventually {
            try await bed.pool.query("SELECT min(lease_until) FROM campaign_log")[0]
              .decode(at: 0, as: Date.self) >= until
          })
        work.cancel()
        await work.value
        bed.clock.now = bed.now.addingTimeInterval(10)
        #expect(try await claim() == nil)
      }
      bed.clock.now = bed.now.addingTimeInterval(3)
      #expect(try await claim()?.entries.count == 2)
    }
  }

  @Test("CAM-906: a clock set back repeats nothing; one set forward makes entries due")
  func clocks() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([
        E.points("a", after: (1, "h")), E.points("b", under: "a", after: (1, "h")),
      ])
      try await bed.add([1], to: campaign.id)
      bed.clock.now = CampaignBed.start.addingTimeInterval(3_600)
      try await bed.run(for: 0)
      bed.clock.now = CampaignBed.start
      try await bed.run(for: 3_500)
      #expect(
        try await bed.story(campaign.id) == ["a#1 executed @3600", "b#1 scheduled @7200"])
      bed.clock.now = CampaignBed.start.addingTimeInterval(100 * Self.day)
      try await bed.run(for: 0)
      #expect(try await bed.points(1) == 2)
    }
  }
}
