import Foundation
import Postgres
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite struct FirstStepsTests {
  @Test func transientJobIsDone() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<String>()
      var registry = JobRegistry()
      registry.register(Note.self) { note, _ in diary.write(note.text) }
      world.work(registry)
      try await world.client.enqueue(Note(text: "hello"))
      #expect(await eventually { diary.entries == ["hello"] })
      #expect(try await eventually { try await world.client.isIdle() })
    }
  }

  @Test func durableJobIsEnqueuedWithItsTransactionAndEndsWithItsEffect() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.database.pool.query("CREATE TABLE effects (number bigint)")
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        _ = try await context.complete { transaction in
          try await transaction.query("INSERT INTO effects VALUES (\(deed.number))")
        }
      }
      world.work(registry)
      try await world.client.transaction { transaction in
        try await transaction.query("INSERT INTO effects VALUES (0)")
        try transaction.outbox.add((1...50).map { Deed(number: $0) })
      }
      #expect(try await eventually { try await world.count("effects") == 51 })
      #expect(try await world.count("jobs") == 0)
      #expect(try await world.count("job_history") == 50)
      #expect(try await eventually { try await world.client.isIdle() })
    }
  }

  @Test func jobOfAnAbandonedTransactionDoesNotExist() async throws {
    try await World.run { (world: World) async throws -> Void in
      let error = await failure {
        try await world.client.transaction { transaction in
          try transaction.outbox.add(Deed(number: 1))
          throw Trouble()
        }
      }
      #expect(error is Trouble)
      let rows = try await world.count("jobs")
      #expect(rows == 0)
      #expect(try await world.client.isIdle())
    }
  }

  @Test func handlerThatReturnsWithoutCompletingHasItsRowRemoved() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, _ in diary.write(deed.number) }
      world.work(registry)
      let ids = try await world.client.enqueue((0..<200).map { Deed(number: $0) })
      #expect(ids.count == 200)
      #expect(await eventually { diary.count == 200 })
      #expect(try await eventually { try await world.count("jobs") == 0 })
      #expect(Set(diary.entries) == Set(0..<200))
    }
  }

  @Test func batchHandlerTakesManyAndFailsSomeAlone() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.database.pool.query("CREATE TABLE effects (number bigint)")
      let sizes = Diary<Int>()
      var registry = JobRegistry()
      registry.registerBatch(Deed.self, size: 50) { items, context in
        sizes.write(items.count)
        for item in items where item.job.number == 13 { context.fail(item.id, Trouble()) }
        try await context.complete { transaction, live in
          let numbers = items.filter { live.contains($0.id) }.map(\.job.number)
          try await transaction.query("INSERT INTO effects SELECT unnest(\(numbers))")
        }
      }
      try await world.client.enqueue((0..<120).map { Deed(number: $0) })
      world.work(registry, concurrency: 2)
      world.schedule()
      #expect(try await eventually { try await world.count("effects") == 119 })
      #expect(sizes.entries.max() == 50)
      // The failing one dies after its attempts.
      #expect(try await eventually { try await world.status("deeds").dead == 1 })
    }
  }
}
