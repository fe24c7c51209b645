import Foundation
import TestSupport
import Testing

@testable import JobQueue

/// What depends on time, one after the other: one of these occupies all threads on purpose.
@Suite(.serialized) struct TimingTests {
  @Test func rateHolds() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.configure(
        queue: "pieces", QueueLimits(ratePerSecond: 50, burst: 5))
      let diary = Diary<ContinuousClock.Instant>()
      var registry = JobRegistry()
      registry.register(OrderTests.Piece.self) { _, _ in diary.write(.now) }
      world.work(registry)
      world.schedule()
      try await client.enqueue((0..<40).map { OrderTests.Piece(lane: "", number: $0) })
      try #require(await eventually { diary.count == 40 })
      let times = diary.entries.sorted()
      // Five at once, then 35 at 50 a second.
      let span = times[39] - times[0]
      #expect(span > .milliseconds(400))
      #expect(span < .seconds(5))
    }
  }

  @Test func scheduledJobIsNeverEarlyAndSeldomLate() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<(Int, Date)>()
      var registry = JobRegistry()
      registry.register(OrderTests.Piece.self) { piece, _ in diary.write((piece.number, Date())) }
      world.work(registry)
      world.schedule()
      let start = Date().addingTimeInterval(1)
      let delays = (0..<50).map { _ in Int.random(in: 0...1500) }
      for delay in delays {
        try await world.client.enqueue(
          OrderTests.Piece(lane: "", number: delay),
          EnqueueOptions(runAt: start.addingTimeInterval(Double(delay) / 1000)))
      }
      // The tests beside this one keep the machine busy: plain sleepers tell how much that costs.
      let sleepers = Diary<Double>()
      await withDiscardingTaskGroup { group in
        for delay in delays {
          group.addTask {
            let due = start.addingTimeInterval(Double(delay) / 1000)
            do { try await Task.sleep(for: .seconds(max(0, due.timeIntervalSinceNow))) } catch {}
            sleepers.write(Date().timeIntervalSince(due) * 1000)
          }
        }
      }
      #expect(await eventually { diary.count == 50 })
      let lateness = diary.entries.map { $0.1.timeIntervalSince(start) * 1000 - Double($0.0) }
        .sorted()
      #expect((lateness.first ?? -1) >= -1)
      let unavoidable = sleepers.entries.max() ?? 0
      #expect(lateness[45] < 100 + unavoidable)
    }
  }

  @Test func handlersThatOccupyAllThreadsDoNotCostTheLease() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(deed.number)
        // Computes without a pause for longer than the lease.
        let end = ContinuousClock.now + .seconds(1)
        var sum = 0
        while ContinuousClock.now < end { sum &+= 1 }
        try await context.complete()
      }
      world.work(registry, concurrency: 8, lease: .milliseconds(600))
      world.schedule(lease: .milliseconds(600))
      let ids = try await world.client.enqueue((0..<4).map { Deed(number: $0) })
      #expect(try await eventually(within: .seconds(20)) { try await world.count("jobs") == 0 })
      #expect(begun.count == ids.count)
    }
  }
}
