import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// The status that operators see, and the middleware around handlers.
@Suite struct InspectionTests {
  @Test func runningJobIsSeenWithItsProgress() async throws {
    try await World.run { (world: World) async throws -> Void in
      let gate = AccessControl()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        context.progress(done: 30, total: 120)
        await gate.pass()
        try context.setResult(["created": 30])
        try await context.complete()
      }
      let worker = world.work(registry, concurrency: 2)
      let id = try #require(
        try await world.client.enqueue(
          Deed(number: 1),
          EnqueueOptions(object: JobSubject(type: "import", id: 7), createdBy: 3)))
      #expect(try await eventually { try await world.client.job(id)?.progress?.percent == 25 })
      let status = try #require(try await world.client.job(id))
      #expect(status.state == .running)
      #expect(status.object == JobSubject(type: "import", id: 7))
      #expect(status.startedAt != nil)
      let workers = try await world.client.workers()
      #expect(workers.map(\.id) == [worker.id])
      #expect(workers[0].running.map(\.id) == [id])
      #expect(workers[0].queues == ["deeds"])
      let queue = try await world.status("deeds")
      #expect(queue.running == 1)
      #expect(queue.workers == 1)
      #expect(worker.health.isRedisReachable)
      for filter in [
        JobFilter(state: .running), JobFilter(objectType: "import", objectID: 7),
        JobFilter(createdBy: 3), JobFilter(name: "test.deed"),
      ] {
        #expect(try await world.client.jobs(filter).map(\.id) == [id])
      }
      #expect(try await world.client.jobs(JobFilter(state: .queued)).isEmpty)
      gate.open()
      #expect(try await eventually { try await world.client.job(id)?.state == .succeeded })
      let ended = try #require(try await world.client.job(id))
      #expect(ended.result == #"{"created":30}"#)
      #expect(ended.progress == JobProgress(done: 30, total: 120))
      #expect(ended.startedAt != nil && ended.endedAt != nil)
      #expect(try await eventually { try await world.status("deeds").throughputPerMinute > 0 })
    }
  }

  @Test func queuesTellDepthAndAge() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.enqueue([Note(text: "a"), Note(text: "b")])
      try await client.enqueue(Note(text: "c"), EnqueueOptions(group: "x"))
      try await client.enqueue(
        Note(text: "d"), EnqueueOptions(runAt: Date().addingTimeInterval(60)))
      let status = try await world.status("notes")
      #expect(status.depth == 3)
      #expect(status.scheduled == 1)
      #expect(status.running == 0)
      #expect((status.oldestAgeSeconds ?? -1) >= 0)
      #expect(try await client.queue("nowhere") == nil)
      #expect(try await client.isIdle() == false)
      let pages = try await client.enqueue((0..<5).map { Deed(number: $0) })
      let first = try await client.jobs(JobFilter(queue: "deeds", limit: 2))
      #expect(first.map(\.id) == Array(pages.reversed().prefix(2)))
      let second = try await client.jobs(
        JobFilter(queue: "deeds", before: first.last?.id, limit: 10))
      #expect(second.map(\.id) == Array(pages.reversed().dropFirst(2)))
    }
  }

  @Test func middlewareStandsAroundEveryJobAndHearsItsError() async throws {
    struct Recorder: JobMiddleware {
      let diary: Diary<String>
      let name: String
      func run(_ job: JobInfo, next: () async throws -> Void) async throws {
        diary.write("\(name) before \(job.name) \(job.attempt)")
        do {
          try await next()
          diary.write("\(name) after")
        } catch {
          diary.write("\(name) \(JobOutcome(error, isLastAttempt: job.isLastAttempt).rawValue)")
          throw error
        }
      }
    }
    try await World.run { (world: World) async throws -> Void in
      let diary = Diary<String>()
      var registry = JobRegistry()
      registry.register(Deed.self) { _, context in
        diary.write("job")
        if context.attempt == 1 { throw Trouble() }
      }
      world.work(
        registry,
        middleware: [
          Recorder(diary: diary, name: "outer"), Recorder(diary: diary, name: "inner"),
          MetricsMiddleware(), LoggingMiddleware(logger: World.logger), TracingMiddleware(),
        ])
      world.schedule()
      try await world.client.enqueue(Deed(number: 1))
      #expect(try await eventually { try await world.count("jobs") == 0 })
      #expect(
        diary.entries == [
          "outer before test.deed 1", "inner before test.deed 1", "job", "inner retried",
          "outer retried", "outer before test.deed 2", "inner before test.deed 2", "job",
          "inner after", "outer after",
        ])
    }
  }

  @Test func checkerFindsAndMendsWhatDoesNotFit() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      try await client.enqueue(
        (0..<10).map { Deed(number: $0) }, EnqueueOptions(group: "x", groupLimit: 2))
      #expect(try await client.check().isEmpty)
      let base = client.keys.base("deeds")
      let redis = client.redis
      _ = try await redis.send("HSET", RedisArgument(base + "running"), "x", 7)
      _ = try await redis.send("ZREM", RedisArgument(base + "lanes"), "x")
      _ = try await redis.send("HDEL", RedisArgument(base + "parked"), "x")
      _ = try await redis.send("HSET", RedisArgument(base + "stats"), "laned", 99)
      _ = try await redis.send(
        "SADD", RedisArgument(base + "held"), RedisArgument(JobID().description))
      let kinds = Set(try await client.check(repair: true).map(\.kind))
      #expect(kinds == ["running", "lost-lane", "laned", "orphan"])
      #expect(try await client.check().isEmpty)
      var registry = JobRegistry()
      registry.register(Deed.self) { _, _ in }
      world.work(registry)
      #expect(try await eventually { try await world.count("jobs") == 0 })
    }
  }

  @Test func statusIsWrittenAsTheAPINamesIt() async throws {
    func fields(_ value: some Encodable) throws -> Set<String> {
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
      return Set(try #require(json as? [String: Any]).keys)
    }
    try await World.run { (world: World) async throws -> Void in
      let id = try #require(try await world.client.enqueue(Deed(number: 1)))
      let queue = try await world.status("deeds")
      #expect(
        try fields(queue) == [
          "name", "depth", "running", "scheduled", "dead", "unknown", "oldestAgeSeconds",
          "throughputPerMinute", "workers", "paused", "limits",
        ])
      let read = try JSONDecoder().decode(QueueStatus.self, from: JSONEncoder().encode(queue))
      #expect(read.depth == 1 && !read.isPaused)
      let status = try #require(try await world.client.job(id))
      let job = try fields(status)
      #expect(job.isSuperset(of: ["id", "type", "queue", "state", "attempts", "maxAttempts"]))
      #expect(!job.contains("name"))
    }
  }
}
