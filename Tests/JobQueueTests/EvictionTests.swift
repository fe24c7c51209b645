import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// A holder that hangs in the middle of its transaction does not block the next holder.
@Suite struct EvictionTests {
  @Test func sessionOfHungHolderIsEnded() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.database.pool.query("CREATE TABLE effects (holder bigint)")
      let begun = Diary<Int>()
      let refused = Diary<Bool>()
      let hang = Hang()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        begun.write(1)
        let holder = begun.count
        do {
          try await context.complete { transaction in
            try await transaction.query("INSERT INTO effects VALUES (\(holder))")
            // The first holder hangs here, with the job's row locked.
            if holder == 1 { await hang.hang() }
          }
        } catch {
          refused.write(holder == 1)
          throw error
        }
      }
      let victim = world.work(registry, concurrency: 1)
      try await world.client.enqueue(Deed(number: 1))
      #expect(await eventually { begun.count == 1 })
      victim.abandon()
      world.work(registry)
      world.schedule()
      #expect(try await eventually(within: .seconds(20)) { try await world.count("jobs") == 0 })
      hang.end()
      #expect(await eventually { refused.count == 1 })
      let holders = try await world.database.pool.query("SELECT holder FROM effects")
        .map { try $0.decode("holder", as: Int.self) }
      #expect(holders == [2])
    }
  }

  /// After Redis was emptied it is unknown that the job had a holder, or that it hangs.
  @Test(arguments: [true, false])
  func hungHolderOfARepairedJobIsEnded(secondCompletes: Bool) async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      let refused = Diary<Int>()
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        begun.write(1)
        let holder = begun.count
        guard holder == 1 || secondCompletes else { return }
        do {
          try await context.complete { transaction in if holder == 1 { await gate.passDeaf() } }
        } catch {
          refused.write(holder)
          throw error
        }
      }
      let victim = world.work(registry, concurrency: 1)
      let id = try #require(try await world.client.enqueue(Deed(number: 1)))
      #expect(await eventually { begun.count == 1 })
      victim.abandon()
      try await world.flush()
      world.work(registry) {
        $0.evictionGrace = EvictionGrace(dead: .seconds(60), repaired: .milliseconds(300))
      }
      world.schedule()
      #expect(try await eventually { try await world.client.job(id)?.state == .succeeded })
      gate.open()
      #expect(await eventually { refused.entries == [1] })
    }
  }

  @Test func onlyJobsThatWereAnothersHaveAGrace() throws {
    var registry = JobRegistry()
    registry.register(Deed.self) { _, _ in }
    let kind = try #require(registry.kinds[Deed.name])
    func delivery(crashes: Int, isRepaired: Bool) -> Delivery {
      let entry = QueueEntry(
        crashes: crashes, id: JobID(), name: Deed.name, version: 1, maxAttempts: 3,
        timeoutMilliseconds: 0, isDurable: true, isRepaired: isRepaired, payload: [])
      return Delivery(
        entry: entry, queue: Deed.queue, kind: kind, streamID: "1-1", group: nil, receivedAt: .now)
    }
    let grace = EvictionGrace()
    let first = delivery(crashes: 0, isRepaired: false)
    let repaired = delivery(crashes: 0, isRepaired: true)
    let inherited = delivery(crashes: 1, isRepaired: true)
    #expect(grace.time(for: [first]) == nil)
    #expect(grace.time(for: [first, repaired]) == grace.repaired)
    #expect(grace.time(for: [repaired, inherited]) == grace.dead)
    #expect(grace.repaired > grace.dead)
  }
}

/// Holds one task whatever it is told, as a stopped process does.
private final class Hang: Sendable {
  private struct State {
    var isOver = false
    var held: [CheckedContinuation<Void, Never>] = []
  }
  private let state = Mutex(State())

  func hang() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if !state.isOver { state.held.append(continuation) }
        return state.isOver
      }
      if isOver { continuation.resume() }
    }
  }

  func end() {
    let held = state.withLock { state in
      state.isOver = true
      defer { state.held = [] }
      return state.held
    }
    for continuation in held { continuation.resume() }
  }
}
