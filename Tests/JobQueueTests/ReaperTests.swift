import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Poison is recorded whatever blocks it.
@Suite struct ReaperTests {
  @Test func hungHolderAndUnreadableEntryDoNotKeepPoison() async throws {
    try await World.run { (world: World) async throws -> Void in
      let id = try #require(try await world.client.enqueue(Deed(number: 13)))
      let locked = AccessControl()
      let gate = AccessControl()
      let holder = Task {
        try await world.database.pool.transaction { connection in
          try await connection.query("SELECT 1 FROM jobs WHERE id = \(id) FOR UPDATE")
          locked.open()
          await gate.passDeaf()
        }
      }
      await locked.pass()
      let entry = QueueEntry(
        crashes: 3, id: id, name: Deed.name, version: 1, maxAttempts: 3, timeoutMilliseconds: 0,
        isDurable: true, payload: Array("{}".utf8))
      let poison = RedisArgument(world.client.keys.base(Deed.queue) + "poison")
      _ = try await world.client.redis.send(
        "RPUSH", poison, "0 3 - - nobody d", "", RedisArgument(bytes: entry.encoded()))
      let reaper = Reaper(
        client: world.client, leaseTime: .seconds(60), crashLimit: 3, logger: World.logger,
        grace: .milliseconds(300))
      // It fences the holder, and does not come back without having recorded the death.
      await reaper.reap([Deed.queue])
      #expect(try await world.client.job(id)?.state == .dead)
      #expect(try await world.client.redis.send("LLEN", poison).int == 0)
      gate.open()
      await #expect(throws: (any Error).self) { try await holder.value }
    }
  }

  @Test func rowThatCannotBeHadDoesNotHoldUpReaping() async throws {
    try await World.run { (world: World) async throws -> Void in
      let id = try #require(try await world.client.enqueue(Deed(number: 13)))
      let entry = QueueEntry(
        crashes: 3, id: id, name: Deed.name, version: 1, maxAttempts: 3, timeoutMilliseconds: 0,
        isDurable: true, payload: Array("{}".utf8))
      let poison = RedisArgument(world.client.keys.base(Deed.queue) + "poison")
      _ = try await world.client.redis.send("RPUSH", poison, RedisArgument(bytes: entry.encoded()))
      let reaper = Reaper(
        client: world.client, leaseTime: .seconds(60), crashLimit: 3, logger: World.logger,
        grace: .seconds(60))
      try await world.database.pool.transaction { connection in
        try await connection.query("SELECT 1 FROM jobs WHERE id = \(id) FOR UPDATE")
        // It returns while the row is still held.
        await reaper.reap([Deed.queue])
      }
      // It is kept for the next round.
      #expect(try await world.client.job(id)?.state != .dead)
      await reaper.reap([Deed.queue])
      #expect(try await world.client.job(id)?.state == .dead)
    }
  }
}
