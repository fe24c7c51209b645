import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Slots of periodic jobs and wrong clocks.
struct PeriodicTests {
  private static let hourly = PeriodicJob("hourly", .every(.seconds(3_600))) { _ in Deed(number: 1)
  }
  private static let often = PeriodicJob("often", .every(.seconds(1))) { _ in Deed(number: 2) }
  private static let nightly: PeriodicJob? = {
    do {
      return PeriodicJob("nightly", .cron(try CronExpression("30 3 * * *"))) { _ in Deed(number: 3)
      }
    } catch { return nil }
  }()

  private func lead(_ world: World, _ name: String) async throws -> Double {
    let rows = try await world.client.postgres.query(
      """
      SELECT extract(epoch FROM last_slot - clock_timestamp())::float8 FROM periodic_jobs
      WHERE name = \(name)
      """)
    return try rows[0].decode(at: 0)
  }

  @Test func slotInTheFutureIsTakenBack() async throws {
    let nightly = try #require(Self.nightly)
    try await World.run { (world: World) async throws -> Void in
      let all = [Self.hourly, Self.often, nightly]
      for (name, ahead) in [("hourly", "2 hours"), ("often", "2 days"), ("nightly", "10 years")] {
        try await world.client.postgres.query(
          """
          INSERT INTO periodic_jobs VALUES (\(name), clock_timestamp() + \(ahead)::interval)
          """)
      }
      let before = try await world.client.status(of: all)
      let faulty = before.filter(\.isFaulty)
      #expect(faulty.count == 3)
      let ahead = before.filter { $0.ahead > 7_000 }
      #expect(ahead.count == 3)
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        diary.write(deed.number)
        try await context.complete()
      }
      world.work(registry)
      world.schedule(all)
      #expect(await eventually { Set(diary.entries) == [1, 2, 3] })
      for job in all { #expect(try await lead(world, job.name) <= 0) }
      // The quick one goes on; the others have had their slot, once.
      #expect(await eventually { diary.entries.count { $0 == 2 } >= 3 })
      #expect(diary.entries.count { $0 == 1 } == 1)
      #expect(try await world.client.status(of: all).allSatisfy { !$0.isFaulty })
    }
  }

  @Test func slotOfAnotherSchedulerIsKept() async throws {
    try await World.run { (world: World) async throws -> Void in
      let now = try await world.client.databaseTime()
      let slot = try #require(Self.hourly.slot(at: now))
      for expected in [DurableStore.SlotClaim.known, .known] {
        let claim = try await world.client.postgres.withConnection {
          try await DurableStore.claim(slot: slot, of: "hourly", offset: 0, on: $0)
        }
        #expect(claim == expected)
      }
      // A scheduler that has slept since it looked at the clock does not take back what is right.
      for old in [slot.addingTimeInterval(-3_600), slot.addingTimeInterval(-86_400)] {
        let claim = try await world.client.postgres.withConnection {
          try await DurableStore.claim(slot: old, of: "hourly", offset: 0, on: $0)
        }
        #expect(claim == .known)
      }
      let next = try await world.client.postgres.withConnection {
        try await DurableStore.claim(
          slot: slot.addingTimeInterval(1), of: "hourly", offset: 0, on: $0)
      }
      #expect(next == .claimed)
    }
  }

  @Test func clocksReadAServersTime() {
    let time = Date(timeIntervalSince1970: 1_000)
    #expect(WallClock.system.reading(at: time) == time)
    #expect(WallClock.offset(.seconds(60)).reading(at: time) == time.addingTimeInterval(60))
    let standing = Date(timeIntervalSince1970: 5)
    #expect(WallClock.standing { standing }.reading(at: time) == standing)
  }

  @Test func overdueJobsAreFaulty() async throws {
    try await World.run { (world: World) async throws -> Void in
      let never = try await world.client.status(of: [Self.hourly])
      #expect(never.map(\.lastSlot) == [nil] && !never[0].isFaulty)
      try await world.client.postgres.query(
        "INSERT INTO periodic_jobs VALUES ('often', clock_timestamp() - interval '5 minutes')")
      let late = try await world.client.status(of: [Self.often])
      #expect(late[0].isFaulty && late[0].overdue > 290 && late[0].ahead == 0)
    }
  }

  @Test func movedClocksCanBeSetBack() async throws {
    let offset = TestOffset()
    try await World.run(clock: WallClock { offset.value }) { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        diary.write(deed.number)
        try await context.complete()
      }
      world.work(registry)
      world.schedule([Self.often])
      try #require(await eventually { diary.count >= 2 })
      offset.value = .seconds(7_200)
      #expect(try await eventually { try await self.lead(world, "often") > 7_000 })
      offset.value = .zero
      let before = diary.count
      #expect(await eventually { diary.count > before + 2 })
      #expect(try await lead(world, "often") < 1)
    }
  }
}

/// An offset that a test can change.
private final class TestOffset: Sendable {
  private let offset = Mutex(Duration.zero)

  var value: Duration {
    get { offset.withLock { $0 } }
    set { offset.withLock { $0 = newValue } }
  }
}
