import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Attempts, deaths, timeouts and cancellations.
@Suite struct FailureTests {
  struct Flaky: TransientJob {
    static let name = "test.flaky"
    static let queue = "flaky"
    static let options = JobOptions(maxAttempts: 4, retry: .constant(.milliseconds(10)))
  }
  struct Slow: DurableJob {
    static let name = "test.slow"
    static let queue = "slow"
    static let options = JobOptions(
      maxAttempts: 2, timeout: .milliseconds(50), retry: .constant(.milliseconds(10)),
      keep: .seconds(60))
  }

  @Test func transientJobIsTriedUntilItSucceeds() async throws {
    try await World.run { (world: World) async throws -> Void in
      let attempts = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Flaky.self) { _, context in
        attempts.write(context.attempt)
        #expect(context.isLastAttempt == (context.attempt == 4))
        if context.attempt < 3 { throw Trouble() }
      }
      world.work(registry)
      world.schedule()
      try await world.client.enqueue(Flaky())
      #expect(await eventually { attempts.entries == [1, 2, 3] })
      #expect(try await eventually { try await world.client.isIdle() })
    }
  }

  @Test func jobOutOfAttemptsIsDeadAndCanBeRetried() async throws {
    try await World.run { (world: World) async throws -> Void in
      let attempts = Diary<Int>()
      let isMended = Atomic<Bool>(false)
      var registry = JobRegistry()
      registry.register(Flaky.self) { _, context in
        attempts.write(context.attempt)
        if !isMended.load(ordering: .relaxed) { throw Trouble() }
      }
      registry.register(Deed.self) { _, context in
        attempts.write(context.attempt)
        if !isMended.load(ordering: .relaxed) { throw Trouble() }
        try await context.complete()
      }
      world.work(registry)
      world.schedule()
      let transient = try #require(try await world.client.enqueue(Flaky()))
      let durable = try #require(try await world.client.enqueue(Deed(number: 1)))
      #expect(try await eventually { try await world.status("flaky").dead == 1 })
      #expect(try await eventually { try await world.status("deeds").dead == 1 })
      #expect(attempts.count == 7)
      let status = try #require(try await world.client.job(durable))
      #expect(status.state == .dead)
      #expect(status.error == "trouble")
      #expect(status.attempts == 3)
      #expect(
        try await world.client.jobs(JobFilter(queue: "flaky", state: .dead)).map(\.id) == [
          transient
        ])
      #expect(try await eventually { try await world.client.isIdle() })

      isMended.store(true, ordering: .relaxed)
      try await world.client.retry(transient)
      try await world.client.retry(durable)
      #expect(await eventually { attempts.count == 9 })
      #expect(try await eventually { try await world.client.job(durable)?.state == .succeeded })
      #expect(try await world.status("flaky").dead == 0)
      let error = await failure { try await world.client.retry(durable) }
      #expect(error is JobError)
    }
  }

  @Test func permanentFailureIsDeadAtOnce() async throws {
    try await World.run { (world: World) async throws -> Void in
      let attempts = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        attempts.write(context.attempt)
        throw PermanentJobFailure("the file is not a CSV")
      }
      world.work(registry)
      let id = try #require(try await world.client.enqueue(Deed(number: 1)))
      #expect(try await eventually { try await world.client.job(id)?.state == .dead })
      #expect(try await world.client.job(id)?.error == "the file is not a CSV")
      #expect(attempts.entries == [1])
      #expect(try await world.client.purgeDead(queue: "deeds") == 1)
      #expect(try await world.client.job(id)?.state == .failed)
    }
  }

  @Test func parametersThatCannotBeReadAreAPermanentFailure() async throws {
    try await World.run { (world: World) async throws -> Void in
      struct Old: DurableJob {
        static let name = "test.deed"
        static let queue = "deeds"
        var other = "x"
      }
      var registry = JobRegistry()
      registry.register(Deed.self) { _, _ in }
      world.work(registry)
      let id = try #require(try await world.client.enqueue(Old()))
      #expect(try await eventually { try await world.client.job(id)?.state == .dead })
      #expect(try await world.client.job(id)?.error?.contains("number is missing") == true)
    }
  }

  @Test func handlerThatTakesTooLongIsStopped() async throws {
    try await World.run { (world: World) async throws -> Void in
      let ends = Diary<String>()
      var registry = JobRegistry()
      registry.register(Slow.self) { _, context in
        do {
          try await Task.sleep(for: .seconds(30))
        } catch {
          let reason = await failure { try context.checkLease() }
          ends.write(reason.map { "\($0)" } ?? "none")
          throw error
        }
      }
      world.work(registry)
      world.schedule()
      let id = try #require(try await world.client.enqueue(Slow()))
      #expect(try await eventually { try await world.client.job(id)?.state == .dead })
      #expect(ends.entries == Array(repeating: JobCancellation.timeout.description, count: 2))
    }
  }

  @Test func jobsAreCancelledWaitingAndRunning() async throws {
    try await World.run { (world: World) async throws -> Void in
      let begun = Diary<Int>()
      let stopped = Diary<Int>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        begun.write(deed.number)
        do { try await Task.sleep(for: .seconds(30)) } catch { stopped.write(deed.number) }
        let error = await failure { try await context.complete() }
        #expect(error is JobSuperseded || error is CancellationError || error != nil)
        if let error { throw error }
      }
      let later = try #require(
        try await world.client.enqueue(
          Deed(number: 9), EnqueueOptions(runAt: Date().addingTimeInterval(3600))))
      let ids = try await world.client.enqueue([Deed(number: 1), Deed(number: 2)])
      world.work(registry, concurrency: 1)
      #expect(await eventually { begun.entries == [1] })
      for id in ids.reversed() + [later] { try await world.client.cancel(id) }
      #expect(await eventually { stopped.entries == [1] })
      #expect(try await eventually { try await world.client.isIdle() })
      #expect(begun.entries == [1])
      for id in ids + [later] { #expect(try await world.client.job(id)?.state == .cancelled) }
      #expect(try await world.status("deeds").scheduled == 0)
      let error = await failure { try await world.client.cancel(later) }
      #expect(error is JobError)
    }
  }

  @Test func lostServerCostsNoAttempt() async throws {
    try await World.run { (world: World) async throws -> Void in
      let server = try await PrivateRedis.start()
      let attempts = Diary<Int>()
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        attempts.write(context.attempt)
        if attempts.count == 1 {
          server.kill()
          var configuration = try RedisConfiguration(url: server.url)
          configuration.commandTimeout = .milliseconds(100)
          let lost = RedisConnection(configuration, name: "lost", logger: World.logger)
          defer { gate.open() }
          _ = try await lost.send("PING")
        }
        try await context.complete()
      }
      world.work(registry)
      world.schedule()
      let id = try #require(try await world.client.enqueue(Deed(number: 1)))
      await gate.pass()
      #expect(try await eventually { try await world.client.job(id)?.state == .succeeded })
      #expect(attempts.entries == [1, 1])
    }
  }
}
