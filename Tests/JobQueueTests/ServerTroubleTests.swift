import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue
@testable import Redis

/// Servers that answer and cannot work.
struct ServerTroubleTests {
  /// Errors as the server reports them: a full disk, memory, configured limits, an operator, input and output, a
  /// read-only server, collisions.
  @Test(arguments: [
    "53100", "53200", "53300", "53400", "57P01", "57014", "58030", "25006", "40P01",
  ])
  func troubleOfPostgresCostsNoAttempt(state: String) async throws {
    try await World.run { (world: World) async throws -> Void in
      let runs = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        runs.write(context.attempt)
        if runs.count < 4 {
          try await context.transaction { transaction in
            try await transaction.query(
              SQL(unsafeText: "DO $$ BEGIN RAISE SQLSTATE '\(state)'; END $$"))
          }
        }
        try await context.complete()
      }
      let worker = world.work(registry)
      world.schedule()
      try await world.client.enqueue(Deed(number: 1))
      try #require(await eventually { worker.health.trouble.count == 1 })
      #expect(!worker.health.isPostgresReachable)
      #expect(worker.health.trouble.first?.contains(state) == true)
      try #require(await eventually(within: .seconds(60)) { runs.count == 4 })
      #expect(runs.entries == [1, 1, 1, 1])
      #expect(await eventually { worker.health.trouble.isEmpty })
    }
  }

  @Test func troubleOfTheJobCostsAttempts() async throws {
    try await World.run { (world: World) async throws -> Void in
      for state in ["22012", "23505", "42P01", "P0001", "54000"] {
        let error = await #expect(throws: PostgresError.self) {
          try await world.client.postgres.query(
            SQL(unsafeText: "DO $$ BEGIN RAISE SQLSTATE '\(state)'; END $$"))
        }
        #expect(try BackendUnavailable(#require(error)) == nil, "\(state)")
      }
    }
  }

  @Test func refusalsOfRedisAreTrouble() {
    for text in [
      "OOM command not allowed when used memory > 'maxmemory'.",
      "READONLY You can't write against a read only replica.", "MISCONF Redis is configured",
      "NOREPLICAS Not enough good replicas to write.", "LOADING Redis is loading",
      "ERR Error running script: @user_script: 1: -OOM command not allowed",
    ] { #expect(BackendUnavailable(RedisError(reply: text)) == .redis, "\(text)") }
    for text in ["WRONGTYPE Operation against a key", "ERR unknown command", "FULL 3 2"] {
      #expect(BackendUnavailable(RedisError(reply: text)) == nil, "\(text)")
    }
  }

  @Test func refusedPushesAreTriedAgainSoon() async throws {
    let refused = RefusedPushes()
    let pushed = Diary<Int>()
    let isOpen = Mutex(false)
    let row = JobRow(
      Deed(number: 1), id: JobID(), payload: "{}", options: EnqueueOptions(), now: Date())
    for count in 1...3 {
      refused.add(Array(repeating: row, count: count)) { rows in
        guard isOpen.withLock({ $0 }) else { throw RedisError(reply: "OOM no") }
        pushed.write(rows.count)
      }
    }
    #expect(refused.waiting?.count == 6)
    isOpen.withLock { $0 = true }
    #expect(await eventually { refused.waiting == nil })
    #expect(pushed.entries.reduce(0, +) == 6)
  }

  @Test func writesAreProbed() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.client.probeWrites()
      // A server without a free byte answers, and takes nothing.
      let full = try await PrivateRedis.start()
      let connection = try full.connect()
      let client = JobClient(
        redis: connection, postgres: world.client.postgres, prefix: "full", logger: World.logger)
      try await client.probeWrites()
      _ = try await connection.send("CONFIG", "SET", "maxmemory", "1")
      let error = await #expect(throws: RedisError.self) { try await client.probeWrites() }
      #expect(error?.serverPrefix == "OOM")
      #expect(try await connection.send("PING").text == "PONG")
      // Committed jobs wait in the process, and go out when there is room.
      try await client.enqueue(Deed(number: 1))
      #expect(client.refusedPushes?.count == 1)
      _ = try await connection.send("CONFIG", "SET", "maxmemory", "0")
      #expect(await eventually { client.refusedPushes == nil })
      #expect(try await client.queues([Deed.queue])[0].depth == 1)
      await connection.close()
    }
  }
}
