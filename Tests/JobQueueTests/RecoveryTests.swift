import Foundation
import Postgres
import Redis
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Dead workers, lost leases, an emptied Redis: nothing is lost, nothing takes effect twice.
@Suite struct RecoveryTests {
  /// A handler that writes one row per job, with as many chances for duplicates as possible.
  private func effects(_ world: World, pause: Duration = .zero) async throws -> JobRegistry {
    try await world.database.pool.query("CREATE TABLE effects (number bigint)")
    var registry = JobRegistry()
    registry.register(Deed.self) { deed, context in
      if pause > .zero { try await Task.sleep(for: pause) }
      _ = try await context.complete { transaction in
        try await transaction.query("INSERT INTO effects VALUES (\(deed.number))")
      }
    }
    return registry
  }

  private func numbers(_ world: World) async throws -> [Int] {
    try await world.database.pool.query("SELECT number FROM effects ORDER BY number")
      .map { try $0.decode("number") }
  }

  @Test func deadWorkersJobsAreTakenOver() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      let done = Diary<Int>()
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(deed.number)
        if begun.count <= 2 { await gate.passDeaf() }
        try await context.complete()
        done.write(deed.number)
      }
      let victim = world.work(registry, concurrency: 2)
      let ids = try await world.client.enqueue((1...6).map { Deed(number: $0) })
      #expect(await eventually { begun.count == 2 })
      victim.abandon()
      world.work(registry)
      world.schedule()
      #expect(try await eventually { try await world.count("jobs") == 0 })
      #expect(Set(done.entries) == Set(1...6))
      gate.open()
      // Late attempts of the dead worker's handlers are refused.
      #expect(await eventually { begun.count >= 8 })
      #expect(done.count == 6)
      for id in ids { #expect(try await world.client.job(id)?.state == .succeeded) }
    }
  }

  @Test func drainingWorkerHandsBackAtOnce() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(deed.number)
        if begun.count == 1 { try await Task.sleep(for: .seconds(60)) }
        try await context.complete()
      }
      let first = world.work(registry, concurrency: 1, lease: .seconds(60))
      let id = try #require(try await world.client.enqueue(Deed(number: 1)))
      #expect(await eventually { begun.count == 1 })
      first.beginDrain(timeout: .milliseconds(50))
      world.work(registry, lease: .seconds(60))
      #expect(try await eventually { try await world.client.job(id)?.state == .succeeded })
      // Being handed back is no failure.
      #expect(try await world.client.job(id)?.attempts == 0)
      #expect(try await eventually { try await world.status("deeds").workers == 1 })
    }
  }

  @Test func holderWhoseLeaseWasLostIsFencedAndToldToStop() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.database.pool.query("CREATE TABLE effects (number bigint)")
      let begun = Diary<Int>()
      let refused = Diary<String>()
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(context.attempt)
        guard begun.count == 1 else {
          // The second holder makes a step and goes on later.
          try await context.transaction { transaction in
            _ = try await transaction.query("INSERT INTO effects VALUES (1)")
          }
          gate.open()
          try await Task.sleep(for: .milliseconds(200))
          _ = try await context.complete { transaction in
            try await transaction.query("INSERT INTO effects VALUES (2)")
          }
          return
        }
        await gate.passDeaf()
        // This holder was declared dead meanwhile. Nothing it does may take effect.
        let (delivery, services) = (context.delivery, context.services)
        let error = await Task {
          await failure {
            try await JobContext(delivery: delivery, services: services).transaction {
              transaction in
              _ = try await transaction.query("INSERT INTO effects VALUES (666)")
            }
          }
        }.value
        refused.write(error is JobSuperseded ? "superseded" : "\(String(describing: error))")
        // The next heartbeat tells the worker.
        let isTold = await Task {
          await eventually { delivery.cancellation == .leaseLost }
        }.value
        refused.write(isTold ? "told" : "not told")
      }
      world.work(registry, concurrency: 2)
      world.schedule()
      try await world.client.enqueue(Deed(number: 1))
      #expect(await eventually { begun.count == 1 })
      // As if the worker had been stopped past its lease.
      let base = world.client.keys.base("deeds")
      let consumers = try await world.client.redis.send(
        "ZRANGE", RedisArgument(base + "leases"), 0, -1)
      let expiries: [[RedisArgument]] = (consumers.array ?? []).compactMap(\.text).map {
        ["ZADD", RedisArgument(base + "leases"), 1, RedisArgument($0)]
      }
      // In one step: a heartbeat between the two would renew the lease.
      let reap = Scripts.reap.call(keys: [RedisArgument(base)], arguments: [2000, 1000, 3])
      _ = try await world.client.redis.send("SCRIPT", "LOAD", RedisArgument(Scripts.reap.source))
      _ = try await world.client.redis.pipeline([["MULTI"]] + expiries + [reap, ["EXEC"]])
      #expect(try await eventually { try await world.count("jobs") == 0 })
      #expect(await eventually { refused.count == 2 })
      #expect(refused.entries == ["superseded", "told"])
      let numbers = try await numbers(world)
      #expect(!numbers.contains(666))
      #expect(numbers.filter { $0 == 2 }.count == 1)
    }
  }

  @Test func jobThatKillsItsWorkersIsDead() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      let innocent = Diary<Int>()
      let workers = Mutex<[Worker]>([])
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        if deed.number != 13 {
          if begun.count >= 3 { innocent.write(deed.number) } else { await gate.pass() }
          return try await context.complete()
        }
        begun.write(deed.number)
        // The process dies with all its jobs.
        workers.withLock { $0.last }?.abandon()
        await gate.pass()
      }
      world.schedule(lease: .milliseconds(500))
      let id = try #require(try await world.client.enqueue(Deed(number: 13)))
      for round in 1...3 {
        let worker = world.work(registry, concurrency: 1, lease: .milliseconds(500))
        workers.withLock { $0.append(worker) }
        #expect(await eventually { begun.count == round })
      }
      #expect(try await eventually { try await world.client.job(id)?.state == .dead })
      #expect(try await world.client.job(id)?.error?.hasPrefix("poison") == true)
      gate.open()
      world.work(registry)
      try await world.client.enqueue(Deed(number: 1))
      #expect(await eventually { innocent.count == 1 })
      #expect(begun.count == 3)
      #expect(try await world.client.check().isEmpty)
    }
  }

  @Test func emptiedRedisIsLaidAgain() async throws {
    try await World.run { (world: World) async throws -> Void in
      let registry = try await effects(world, pause: .milliseconds(1))
      try await world.client.pause(queue: "resting")
      world.schedule()
      world.work(registry, concurrency: 3)
      world.work(registry, concurrency: 3)
      for start in stride(from: 0, to: 1000, by: 100) {
        try await world.client.enqueue(
          (start..<start + 100).map { Deed(number: $0) },
          EnqueueOptions(group: start % 200 == 0 ? "even" : nil, groupLimit: 3))
        if start % 300 == 200 { try await world.flush() }
      }
      #expect(
        try await eventually(within: .seconds(30)) { try await world.count("effects") >= 1000 })
      #expect(try await numbers(world) == Array(0..<1000))
      #expect(try await eventually { try await world.client.isIdle() })
      #expect(try await world.status("resting").isPaused)
      #expect(try await world.client.check().isEmpty)
    }
  }

  @Test func jobThatWasCommittedAndNotPushedIsRepaired() async throws {
    try await World.run { (world: World) async throws -> Void in
      let registry = try await effects(world)
      try await world.client.announce("deeds")
      // The enqueuer dies between commit and push.
      let outbox = JobOutbox(clock: .system)
      try outbox.add((0..<20).map { Deed(number: $0) })
      _ = try await world.database.pool.transaction { try await outbox.write(on: $0) }
      world.work(registry)
      world.schedule()
      #expect(try await eventually { try await world.count("effects") == 20 })
      #expect(try await numbers(world) == Array(0..<20))
    }
  }

  @Test func deliveryOfAFinishedJobChangesNothing() async throws {
    try await World.run { (world: World) async throws -> Void in
      let registry = try await effects(world)
      let outbox = JobOutbox(clock: .system)
      try outbox.add((0..<50).map { Deed(number: $0) })
      let rows = try await world.database.pool.transaction { try await outbox.write(on: $0) }
      world.work(registry)
      world.work(registry)
      // As repairs may do after a loss: the same jobs again and again, known to Redis or not.
      for _ in 0..<5 {
        _ = try await world.client.redis.send(
          "DEL", RedisArgument(world.client.keys.base("deeds") + "held"))
        try await world.client.push(rows: rows, repaired: false)
      }
      #expect(try await eventually { try await world.client.isIdle() })
      #expect(try await numbers(world) == Array(0..<50))
    }
  }

  @Test func unknownKindWaitsForAWorkerThatKnowsIt() async throws {
    struct Newer: DurableJob {
      static let name = "test.deed"
      static let queue = "deeds"
      static let version = 2
      var number = 0
    }
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var old = JobRegistry()
      old.register(Deed.self) { deed, _ in diary.write(deed.number) }
      world.work(old)
      try await world.client.enqueue([Newer(number: 7)])
      try await world.client.enqueue([Deed(number: 1)])
      #expect(try await eventually { try await world.status("deeds").unknown == 1 })
      #expect(await eventually { diary.entries == [1] })
      #expect(try await world.client.isIdle() == false)
      var new = JobRegistry()
      new.register(Newer.self) { deed, _ in diary.write(deed.number) }
      // The old worker may get it first once more; it comes back either way.
      world.work(new)
      world.schedule()
      #expect(await eventually(within: .seconds(20)) { diary.entries == [1, 7] })
    }
  }

  @Test func batchIsFollowedByItsLastJob() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        if deed.number == 5 { throw PermanentJobFailure("no") }
        diary.write(deed.number)
        if deed.number == 3 {
          // Completed by hand, the others by the worker; a job joins while the batch is open.
          try await context.complete()
        }
      }
      world.work(registry)
      world.schedule()
      let batch = try await world.client.transaction { transaction in
        try transaction.outbox.addBatch((1...9).map { Deed(number: $0) }, then: Deed(number: 100))
      }
      #expect(await eventually { diary.entries.contains(100) })
      #expect(diary.entries.last == 100)
      #expect(Set(diary.entries) == Set(1...9).subtracting([5]).union([100]))
      let status = try #require(try await world.client.batch(batch))
      #expect(status.total == 9)
      #expect(status.failed == 1)
      #expect(status.remaining == 0)
      let late = await failure {
        _ = try await world.client.enqueue([Deed(number: 1)], EnqueueOptions(batch: batch))
      }
      #expect(late is JobError)
      let empty = try await world.client.transaction { transaction in
        try transaction.outbox.addBatch([Deed](), then: Deed(number: 200))
      }
      #expect(await eventually { diary.entries.last == 200 })
      _ = empty
    }
  }

  @Test func periodicJobIsEnqueuedOnceBySeveralSchedulers() async throws {
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, _ in diary.write(deed.number) }
      world.work(registry)
      let job = PeriodicJob("tick", .every(.milliseconds(200))) { slot in
        Deed(number: Int((slot.timeIntervalSince1970 * 1000).rounded()))
      }
      for _ in 0..<3 { world.schedule([job]) }
      #expect(await eventually { diary.count >= 8 })
      let slots = diary.entries
      #expect(Set(slots).count == slots.count)
      #expect(slots.allSatisfy { $0 % 200 == 0 })
    }
  }
}
