import TestSupport
import Testing

@testable import JobQueue

struct PrefetchBufferUnitTests {
  @Test func jobsAreTakenInOrder() async throws {
    let buffer = PrefetchBuffer()
    let deeds = try (0..<2000).map { try Fixture.deed("1-\($0)") }
    buffer.append(Array(deeds[..<1500]))
    var taken: [String] = []
    for _ in 0..<1500 { taken += await buffer.take()?.map(\.streamID) ?? [] }
    buffer.append(Array(deeds[1500...]))
    for _ in 0..<500 { taken += await buffer.take()?.map(\.streamID) ?? [] }
    #expect(taken == deeds.map(\.streamID))
  }

  @Test func aHandlerOfBatchesTakesFreshJobsOfItsKindTogether() async throws {
    let buffer = PrefetchBuffer()
    let failed = try Fixture.delivery(Fixture.entry(attempt: 1), streamID: "1-5")
    buffer.append(
      try (1...4).map { try Fixture.delivery(streamID: "1-\($0)") } + [failed]
        + [try Fixture.delivery(streamID: "1-6"), try Fixture.deed("1-7")])
    var taken: [[String]] = []
    for _ in 0..<5 { taken.append(await buffer.take()?.map(\.streamID) ?? []) }
    #expect(taken == [["1-1", "1-2", "1-3"], ["1-4"], ["1-5"], ["1-6"], ["1-7"]])
  }

  @Test func aSleepingSlotIsWokenByAJob() async throws {
    let buffer = PrefetchBuffer()
    let slot = Task { await buffer.take()?.map(\.streamID) }
    let room = await buffer.room(lowWater: 0)
    #expect(room?.free == 1 && room?.queued == 0)
    buffer.append([try Fixture.deed("1-1")])
    #expect(await slot.value == ["1-1"])
    let next = Task { await buffer.take()?.map(\.streamID) }
    #expect(await buffer.room(lowWater: 0)?.taken == 1)
    buffer.close()
    #expect(await next.value == nil)
  }

  @Test func theFetcherWaitsForTheLowWaterMark() async throws {
    let buffer = PrefetchBuffer()
    buffer.append(try (1...3).map { try Fixture.deed("1-\($0)") })
    let fetcher = Task { await buffer.room(lowWater: 2) }
    _ = await buffer.take()
    _ = await buffer.take()
    let room = await fetcher.value
    #expect(room?.free == 0)
    #expect(room?.queued == 1)
    #expect(room?.taken == 2)
  }

  @Test func staleJobsAreWithdrawn() async throws {
    let buffer = PrefetchBuffer()
    let start = ContinuousClock.now
    func deed(_ seconds: Int) throws -> Delivery {
      try Fixture.delivery(
        Fixture.entry(Deed.name, isDurable: true), streamID: "1-\(seconds)",
        receivedAt: start + .seconds(seconds))
    }
    buffer.append([try deed(1), try deed(2), try deed(3)])
    #expect(buffer.withdraw(before: start + .seconds(3)).map(\.streamID) == ["1-1", "1-2"])
    #expect(await buffer.take()?.map(\.streamID) == ["1-3"])
    buffer.append([try deed(4)])
    #expect(buffer.withdraw().map(\.streamID) == ["1-4"])
    #expect(buffer.withdraw().isEmpty)
  }

  @Test func aClosedBufferEndsSlotsAndFetcher() async throws {
    let buffer = PrefetchBuffer()
    let slot = Task { await buffer.take() == nil }
    #expect(await buffer.room(lowWater: 0)?.free == 1)
    buffer.append([try Fixture.deed("1-1"), try Fixture.deed("1-2")])
    #expect(await slot.value == false)
    let fetcher = Task { await buffer.room(lowWater: 0) == nil }
    await Task.yield()
    buffer.close()
    #expect(await fetcher.value)
    #expect(await buffer.take() == nil)
    #expect(await buffer.room(lowWater: 5) == nil)
    #expect(buffer.withdraw().map(\.streamID) == ["1-2"])
  }

  @Test func everyJobIsTakenOnceByManySlots() async throws {
    let buffer = PrefetchBuffer()
    let deeds = try (0..<5000).map { try Fixture.deed("1-\($0)") }
    let taken = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<8 {
        group.addTask {
          var mine: [String] = []
          while let jobs = await buffer.take() { mine += jobs.map(\.streamID) }
          return mine
        }
      }
      for start in stride(from: 0, to: deeds.count, by: 50) {
        buffer.append(Array(deeds[start..<start + 50]))
        await Task.yield()
      }
      while await buffer.room(lowWater: 1)?.taken != deeds.count { await Task.yield() }
      buffer.close()
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(taken.count == deeds.count)
    #expect(Set(taken) == Set(deeds.map(\.streamID)))
  }
}
