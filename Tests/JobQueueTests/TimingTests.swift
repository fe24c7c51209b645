import Foundation
import TestSupport
import Testing

@testable import JobQueue

/// Tests that depend on time, one after the other: one of them occupies all threads on purpose.
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
      let start = ContinuousClock.now
      try await client.enqueue((0..<40).map { OrderTests.Piece(group: "", number: $0) })
      try #require(await eventually { diary.count == 40 })
      // Five at once, then 35 at 50 a second: 0.7 s at least, however busy the machine is.
      #expect(try #require(diary.entries.max()) - start > .milliseconds(650))
    }
  }

  @Test func scheduledJobIsNeverEarly() async throws {
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
          OrderTests.Piece(group: "", number: delay),
          EnqueueOptions(runAt: start.addingTimeInterval(Double(delay) / 1000)))
      }
      #expect(await eventually { diary.count == 50 })
      for (delay, at) in diary.entries {
        #expect(at.timeIntervalSince(start) * 1000 - Double(delay) >= -1)
      }
    }
  }

  @Test func handlersThatOccupyAllThreadsDoNotCostTheLease() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(deed.number)
        // Computes without a pause for longer than the lease.
        let end = ContinuousClock.now + .seconds(4)
        var sum = 0
        while ContinuousClock.now < end { sum &+= 1 }
        try await context.complete()
      }
      world.work(registry, concurrency: 8, lease: .seconds(2))
      world.schedule(lease: .seconds(2))
      let ids = try await world.client.enqueue((0..<4).map { Deed(number: $0) })
      #expect(try await eventually(within: .seconds(20)) { try await world.count("jobs") == 0 })
      #expect(begun.count == ids.count)
    }
  }
}
