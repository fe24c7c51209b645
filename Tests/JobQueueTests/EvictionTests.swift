import TestSupport
import Testing

@testable import JobQueue

/// A holder that hangs in the middle of its transaction does not hold up whoever got its job.
@Suite struct EvictionTests {
  @Test func sessionOfHungHolderIsEnded() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.database.pool.query("CREATE TABLE effects (holder bigint)")
      let begun = Diary<Int>()
      let refused = Diary<Bool>()
      let gate = Gate()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        begun.write(1)
        let holder = begun.count
        do {
          try await context.complete { connection, _ in
            try await connection.query("INSERT INTO effects VALUES (\(holder))")
            // The first holder hangs here, with the job's row locked.
            if holder == 1 { await gate.pass() }
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
      gate.open()
      #expect(await eventually { refused.count == 1 })
      let holders = try await world.database.pool.query("SELECT holder FROM effects")
        .map { try $0.decode("holder", as: Int.self) }
      #expect(holders == [2])
    }
  }
}
