import Foundation
import JobQueue
import Postgres
import Redis
import Synchronization
import TestSupport
import Testing

@testable import Campaigns

@Suite("The schedule in Redis (campaigns.md 12)")
struct CampaignScheduleTests {
  /// A campaign with an event after an hour, one after two days and one after a year, and three contacts.
  private func fill(_ bed: CampaignBed) async throws -> Campaign {
    try await bed.contacts(3)
    let campaign = try await bed.campaign([
      E.points("hour", after: (2, "h")), E.points("days", after: (3, "d")),
      E.points("year", after: (365, "d")),
    ])
    try await bed.add([1, 2, 3], to: campaign.id)
    return campaign
  }

  private func picture(_ bed: CampaignBed) async throws -> [String] {
    try await CampaignFuture(runtime: bed.runtime).buckets(limit: 100).map {
      "\($0.eventName ?? "?") \($0.entries) in \(Int($0.end.timeIntervalSince($0.begin))) s"
    }
  }

  private static let whole = ["hour 3 in 3600 s", "days 3 in 86400 s", "year 3 in 86400 s"]

  private func wipe(_ bed: CampaignBed) async throws {
    let store = bed.runtime.timers.store
    for name in ["minute", "hour", "day", "guard", "again", "taken", "laid"] {
      _ = try await bed.jobs.redis.send("DEL", RedisArgument(store.base + name))
    }
  }

  @Test("CAM-902: everything that waits is in Redis at once, in buckets that grow with distance")
  func everything() async throws {
    try await CampaignBed.with { bed in
      _ = try await fill(bed)
      #expect(try await picture(bed) == Self.whole)
      let totals = try await CampaignFuture(runtime: bed.runtime).totals()
      #expect(totals.buckets.map { "\($0.count) \($0.length)" } == ["0 minute", "1 hour", "2 day"])
      #expect(totals.first.map { $0 > bed.now && $0 < bed.now.addingTimeInterval(7_200) } == true)
    }
  }

  @Test("CAM-902: a bucket that comes near is split, down to jobs that end at the instant")
  func splits() async throws {
    try await CampaignBed.with { bed in
      _ = try await fill(bed)
      func move(to seconds: Double) async throws {
        bed.clock.now = CampaignBed.start.addingTimeInterval(seconds)
        while try await bed.runtime.timers.look().isMore {}
      }
      try await move(to: 60)
      #expect(try await picture(bed) == Self.whole)
      // The third hour begins five minutes later.
      try await move(to: 3_301)
      #expect(try await picture(bed).first == "hour 3 in 60 s")
      try await move(to: 7_140)
      #expect(try await picture(bed) == ["days 3 in 86400 s", "year 3 in 86400 s"])
      let queue = try #require(try await bed.jobs.queues().first { $0.name == CampaignJobs.queue })
      #expect(queue.scheduled == 1)
    }
  }

  @Test("CAM-902: while nothing is due nothing is asked of PostgreSQL")
  func asksRedisOnly() async throws {
    try await CampaignBed.with { bed in
      _ = try await fill(bed)
      try await bed.runtime.layTimers()
      // What was added is looked at once more; other tests' transactions may be waited for.
      let base = bed.runtime.timers.store.base
      let isQuiet = try await eventually {
        _ = try await bed.runtime.timers.look()
        return try await bed.jobs.redis.send("EXISTS", RedisArgument(base + "guard")).int == 0
      }
      #expect(isQuiet)
      _ = try await bed.jobs.redis.send("DEL", RedisArgument(base + "again"))
      let nowhere = PostgresPool(
        try PostgresConfiguration(url: "postgres://nobody@127.0.0.1:1/nothing"), logger: .silent)
      let jobs = JobClient(
        redis: bed.jobs.redis, postgres: nowhere, prefix: bed.redis.prefix, clock: bed.jobs.clock,
        logger: .silent)
      let schedule = CampaignSchedule(jobs: jobs, events: EventDirectory(), logger: .silent)
      for seconds in stride(from: 0.0, to: 3_200, by: 100) {
        bed.clock.now = CampaignBed.start.addingTimeInterval(seconds)
        let found = try await schedule.look()
        #expect(!found.isMore && !found.isLost && !found.isAgainWaiting)
      }
      await nowhere.close()
    }
  }

  @Test("CAM-901: after Redis was emptied the whole schedule is laid by one look")
  func emptied() async throws {
    try await CampaignBed.with { bed in
      _ = try await fill(bed)
      try await wipe(bed)
      #expect(try await picture(bed) == [])
      #expect(try await bed.runtime.timers.look().isLost)
      try await bed.working(scheduling: true) {
        for _ in 0..<2 {
          let isLaid = try await eventually { try await picture(bed) == Self.whole }
          #expect(isLaid)
          try await wipe(bed)
        }
        let isLaid = try await eventually { try await picture(bed) == Self.whole }
        #expect(isLaid)
      }
      #expect(try await !bed.runtime.timers.look().isLost)
    }
  }

  @Test("CAM-901: what a process had no time to stage after its commit is found")
  func died() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(2)
      let campaign = try await bed.campaign([E.points("soon", after: (1, "i"))])
      let engine = bed.engine
      for contact in [1, 2] as [Int64] {
        try await bed.jobs.transaction(at: bed.now) { transaction in
          _ = try await engine.transaction(campaign.id, in: transaction) {
            try await MembershipManager($0).add([contact], by: .manual)
          }
        }
        try await bed.working(scheduling: true) {
          bed.clock.now = bed.now.addingTimeInterval(60)
          let fired = try await eventually { try await bed.points(contact) == 1 }
          #expect(fired)
        }
      }
    }
  }

  @Test("CAM-901: rows that were not committed when their bucket was split are looked at once more")
  func uncommitted() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("days", after: (3, "d"))])
      let (engine, timers) = (bed.engine, bed.runtime.timers)
      let (written, split) = (Flag(), Flag())
      async let adding: Void = bed.jobs.transaction(at: bed.now) { transaction in
        _ = try await engine.transaction(campaign.id, in: transaction) {
          try await MembershipManager($0).add([1], by: .manual)
        }
        // The preparations have run; the commit takes long.
        transaction.beforeCommit { _ in
          written.raise()
          _ = await eventually { split.isUp }
        }
      }
      #expect(await eventually { written.isUp })
      bed.clock.now = bed.now.addingTimeInterval(3 * 86_400 - 30)
      while try await timers.look().isMore {}
      try await timers.lookAgain()
      let queue = try await bed.jobs.queues().first { $0.name == CampaignJobs.queue }
      #expect((queue?.scheduled ?? 0) == 0)
      split.raise()
      try await adding
      #expect(
        try await eventually {
          try await timers.lookAgain()
          return try await bed.jobs.queues().contains { $0.scheduled == 1 }
        })
    }
  }

  @Test("CAM-901: timers that Redis does not take are laid by a job of the same transaction")
  func refused() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(1)
      let campaign = try await bed.campaign([E.points("days", after: (3, "d"))])
      let away = RedisConnection(
        try RedisConfiguration(url: "redis://127.0.0.1:1/0"), name: "away", logger: .silent)
      let jobs = JobClient(
        redis: away, postgres: bed.pool, prefix: bed.redis.prefix, clock: bed.jobs.clock,
        logger: .silent)
      let service = CampaignService(engine: bed.engine, jobs: jobs, logger: .silent)
      _ = try await service.transaction(campaign.id, now: bed.now) {
        try await MembershipManager($0).add([1], by: .manual)
      }
      await away.close()
      #expect(try await bed.pool.query("SELECT FROM jobs WHERE name = 'campaign.lay'").count == 1)
      #expect(try await picture(bed) == [])
      try await bed.working(scheduling: true) {
        let isLaid = try await eventually { try await picture(bed) == ["days 1 in 86400 s"] }
        #expect(isLaid)
      }
    }
  }

  /// Random contacts enter, the clock moves forth and back, Redis is emptied and processes die; after each step what
  /// has fired is what the rows say.
  @Test(
    "CAM-213, CAM-901, CAM-906: with a clock that moves at random all fire, none early",
    .timeLimit(.minutes(10)), arguments: 0..<3)
  func model(world: UInt64) async throws {
    var random = SeededGenerator(seed: ModelTests.seed &+ world)
    try await CampaignBed.with(batchSize: 7) { bed in
      try await bed.contacts(200)
      let campaign = try await bed.campaign([
        E.points("seconds", after: (1, "i")), E.points("hours", after: (5, "h")),
        E.points("below", under: "hours", after: (50, "i")), E.points("days", after: (2, "d")),
        E.points("months", after: (200, "d")),
      ])
      var next: Int64 = 1
      try await bed.working(scheduling: true) {
        for _ in 0..<12 {
          let count = Int64.random(in: 1...15, using: &random)
          let contacts = Array(next..<(next + count))
          next += count
          if Bool.random(using: &random) {
            try await bed.add(contacts, to: campaign.id)
          } else {
            // A process that dies after its commit.
            let engine = bed.engine
            try await bed.jobs.transaction(at: bed.now) { transaction in
              _ = try await engine.transaction(campaign.id, in: transaction) {
                try await MembershipManager($0).add(contacts, by: .manual)
              }
            }
          }
          if Int.random(in: 0..<4, using: &random) == 0 { try await wipe(bed) }
          let step = exp(Double.random(in: 0...17, using: &random))
          bed.clock.now = bed.now.addingTimeInterval(
            Int.random(in: 0..<5, using: &random) == 0 ? -min(step, 100_000) : step)
          let now = bed.now
          let isDone = try await eventually(within: .seconds(60)) {
            // Time goes on meanwhile: what a wipe took from Redis is looked at again five seconds later (CAM-901).
            bed.clock.now = bed.now.addingTimeInterval(0.05)
            return try await bed.pool.query(
              "SELECT FROM campaign_log WHERE state < 2 AND fire_at <= \(now)"
            ).isEmpty
          }
          #expect(isDone)
          let early = try await bed.pool.query(
            "SELECT FROM campaign_log WHERE state = 3 AND executed_at < fire_at")
          #expect(early.isEmpty)
        }
      }
      let rows = try await bed.pool.query(
        """
        SELECT (SELECT sum(points) FROM contacts)::bigint, count(*) FROM campaign_log WHERE state = 3
        """)
      let (points, executed) = try #require(rows.first).decode(Int64.self, Int64.self)
      #expect(points == executed && executed > 20)
    }
  }
}

/// Something that has happened.
private final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  var isUp: Bool { value.load(ordering: .acquiring) }
  func raise() { value.store(true, ordering: .releasing) }
}
