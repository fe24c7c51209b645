import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Groups, limits, rates, priorities, time.
@Suite struct OrderTests {
  struct Piece: TransientJob {
    static let name = "test.piece"
    static let queue = "pieces"
    var group: String
    var number: Int
  }

  @Test func aLongGroupDoesNotHoldUpAShortOne() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.configure(queue: "pieces", QueueLimits(window: 8))
      try await client.enqueue(
        (0..<2000).map { Piece(group: "big", number: $0) }, EnqueueOptions(group: "big"))
      try await client.enqueue(
        (0..<10).map { Piece(group: "small", number: $0) }, EnqueueOptions(group: "small"))
      let diary = Diary<Piece>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in diary.write(piece) }
      world.work(registry, concurrency: 1)
      #expect(await eventually { diary.count == 2010 })
      let positions = diary.entries.indices.filter { diary.entries[$0].group == "small" }
      // In turn with the big group, once the jobs in the window are done.
      let last = try #require(positions.last)
      #expect(last < 30)
      // Within a group, order holds.
      let numbers = diary.entries.filter { $0.group == "big" }.map(\.number)
      #expect(numbers == Array(0..<2000))
      #expect(try await eventually { try await client.isIdle() })
      #expect(try await client.check().isEmpty)
    }
  }

  @Test func weightedGroupsGetTheirShares() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.configure(queue: "pieces", QueueLimits(window: 4))
      for (group, weight) in [("three", 3.0), ("one", 1.0)] {
        try await client.enqueue(
          (0..<400).map { Piece(group: group, number: $0) },
          EnqueueOptions(group: group, groupWeight: weight))
      }
      let diary = Diary<String>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in diary.write(piece.group) }
      world.work(registry, concurrency: 1)
      #expect(await eventually { diary.count == 800 })
      let early = diary.entries.dropFirst(8).prefix(400)
      let share = Double(early.filter { $0 == "three" }.count) / 400
      #expect(abs(share - 0.75) < 0.05)
    }
  }

  @Test func limitsOfGroupAndQueueHold() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.configure(queue: "pieces", QueueLimits(concurrency: 5))
      let now = Mutex<[String: Int]>([:])
      let most = Mutex<[String: Int]>([:])
      let done = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in
        func step(_ by: Int) {
          now.withLock { now in
            now[piece.group, default: 0] += by
            now["all", default: 0] += by
            for key in [piece.group, "all"] {
              most.withLock { $0[key] = max($0[key] ?? 0, now[key] ?? 0) }
            }
          }
        }
        step(1)
        try await Task.sleep(for: .milliseconds(2))
        step(-1)
        done.write(piece.number)
      }
      for group in ["a", "b", "c", "d"] {
        try await client.enqueue(
          (0..<60).map { Piece(group: group, number: $0) },
          EnqueueOptions(group: group, groupLimit: 2))
      }
      for _ in 0..<3 { world.work(registry, concurrency: 4) }
      #expect(await eventually(within: .seconds(20)) { done.count == 240 })
      let peaks = most.withLock { $0 }
      #expect((peaks["all"] ?? 0) <= 5)
      for group in ["a", "b", "c", "d"] { #expect((peaks[group] ?? 0) <= 2) }
      #expect(try await eventually { try await client.isIdle() })
      #expect(try await client.check().isEmpty)
    }
  }

  @Test func movedClockBringsScheduledJobs() async throws {
    let offset = Mutex(Duration.zero)
    let clock = WallClock { offset.withLock { $0 } }
    try await World.run(clock: clock) { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in diary.write(piece.number) }
      registry.register(Deed.self) { deed, _ in diary.write(deed.number) }
      world.work(registry)
      world.schedule()
      let tomorrow = EnqueueOptions(runAt: Date().addingTimeInterval(86_400))
      try await world.client.enqueue(Piece(group: "", number: 1), tomorrow)
      try await world.client.enqueue(Deed(number: 2), tomorrow)
      #expect(try await world.client.isIdle())
      #expect(try await world.client.jobs(JobFilter(state: .scheduled)).count == 1)
      offset.withLock { $0 = .seconds(86_401) }
      #expect(await eventually { Set(diary.entries) == [1, 2] })
    }
  }

  @Test func strictPriorityGoesFirst() async throws {
    struct Urgent: TransientJob {
      static let name = "test.urgent"
      static let queue = "urgent"
      var number: Int
    }
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<String>()
      var registry = JobRegistry()
      registry.register(Piece.self) { _, _ in
        diary.write("piece")
        try await Task.sleep(for: .milliseconds(1))
      }
      registry.register(Urgent.self) { _, _ in diary.write("urgent") }
      try await world.client.enqueue((0..<100).map { Piece(group: "", number: $0) })
      try await world.client.enqueue((0..<20).map { Urgent(number: $0) })
      world.work(
        registry, queues: [WorkerQueue("urgent", weight: nil), WorkerQueue("pieces")],
        concurrency: 1)
      #expect(await eventually { diary.count == 120 })
      #expect(diary.entries.prefix(20).allSatisfy { $0 == "urgent" })
    }
  }

  @Test func pausedQueueRestsUntilResumed() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in diary.write(piece.number) }
      world.work(registry)
      try await world.client.enqueue(Piece(group: "", number: 1))
      #expect(await eventually { diary.entries == [1] })
      try await world.client.pause(queue: "pieces")
      #expect(try await world.status("pieces").isPaused)
      try await world.client.enqueue((2..<12).map { Piece(group: "", number: $0) })
      // No worker reads for a second without learning of the pause.
      try await Task.sleep(for: .seconds(1))
      #expect(diary.count == 1)
      #expect(try await world.status("pieces").depth == 10)
      try await world.client.resume(queue: "pieces")
      #expect(await eventually { diary.count == 11 })
    }
  }

  @Test func fullQueueRefusesUntilThereIsRoom() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.configure(queue: "pieces", QueueLimits(bound: 10))
      try await client.configure(queue: "deeds", QueueLimits(bound: 2))
      try await client.enqueue((0..<8).map { Piece(group: "", number: $0) })
      let error = await failure {
        try await client.enqueue((0..<3).map { Piece(group: "", number: $0) })
      }
      #expect((error as? QueueFull)?.depth == 8)
      #expect((error as? QueueFull)?.bound == 10)
      let refused = await failure {
        try await client.enqueue((0..<3).map { Deed(number: $0) })
      }
      #expect(refused is QueueFull)
      #expect(try await world.count("jobs") == 0)
      var registry = JobRegistry()
      registry.register(Piece.self) { _, _ in }
      world.work(registry)
      #expect(
        try await eventually {
          do {
            try await client.enqueue((0..<3).map { Piece(group: "", number: $0) })
            return true
          } catch is QueueFull {
            return false
          }
        })
    }
  }

  @Test func uniqueJobIsQueuedOnce() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      let unique = EnqueueOptions(uniqueKey: "import 7, again")
      #expect(try await client.enqueue(Piece(group: "", number: 1), unique) != nil)
      #expect(try await client.enqueue(Piece(group: "", number: 2), unique) == nil)
      #expect(try await client.enqueue(Deed(number: 1), unique) != nil)
      #expect(try await client.enqueue(Deed(number: 2), unique) == nil)
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Piece.self) { piece, _ in diary.write(piece.number) }
      registry.register(Deed.self) { deed, _ in diary.write(deed.number) }
      world.work(registry)
      #expect(try await eventually { try await client.isIdle() })
      #expect(diary.entries == [1, 1])
      #expect(try await client.enqueue(Piece(group: "", number: 3), unique) != nil)
      #expect(try await client.enqueue(Deed(number: 3), unique) != nil)
    }
  }
}
