import Fields
import Foundation
import JobQueue
import Logging
import Postgres
import TestSupport
import Testing
import Users

@Suite("New fields in the background (CON-27)") struct FieldCreatorTests {
  private static func with(
    _ body: @escaping @Sendable (JobClient, FieldStore) async throws -> Void
  ) async throws {
    let redis = try TestRedis()
    let migrations = JobQueueSchema.migrations + contactMigrations
    try await TestDatabase.with(migrations: migrations) { (database) async throws in
      let jobs = JobClient(
        redis: redis.connection, postgres: database.pool, prefix: redis.prefix, logger: .silent)
      do {
        try await body(jobs, FieldStore(pool: database.pool))
      } catch {
        try await redis.cleanup()
        throw error
      }
      try await redis.cleanup()
    }
  }

  /// Runs a worker until the queue is idle.
  private static func work(_ jobs: JobClient, _ fields: FieldStore) async throws {
    var registry = JobRegistry()
    FieldCreator.register(in: &registry, fields: fields)
    let worker = Worker(
      client: jobs, registry: registry,
      configuration: WorkerConfiguration(
        queues: [WorkerQueue(FieldCreator.queue)], concurrency: 1, drainTimeout: .seconds(5)),
      middleware: [], logger: .silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await worker.run() }
      group.addTask {
        let isIdle = try await eventually(within: .seconds(60)) { try await jobs.isIdle() }
        #expect(isIdle)
      }
      try await group.next()
      group.cancelAll()
      while await group.nextResult() != nil {}
    }
  }

  @Test("CON-27: a field is listed but unpublished until a job has prepared it")
  func waitsForItsJob() async throws {
    try await Self.with { (jobs, fields) async throws in
      let creator = FieldCreator(jobs: jobs, fields: fields) { true }
      var new = NewField(label: "Customer No")
      new.isUniqueIdentifier = true
      new.isIndex = true
      let field = try await creator.create(new, by: Author(id: 5, name: "Ada"), now: testNow)
      #expect(!field.isPublished && !field.isUniqueIdentifier && !field.isIndex)
      #expect(try await fields.current().all.contains { $0.id == field.id })
      #expect(try await !fields.current().contact.contains { $0.id == field.id })
      try await Self.work(jobs, fields)
      let ready = try #require(try await fields.current()["customer_no"])
      #expect(ready.isPublished && ready.isUniqueIdentifier && ready.isIndex)
    }
  }

  @Test("CON-27: a field deleted meanwhile, or to stay unpublished, stays so")
  func followsTheSetting() async throws {
    try await Self.with { (jobs, fields) async throws in
      let creator = FieldCreator(jobs: jobs, fields: fields) { true }
      var indexed = NewField(label: "Gone")
      indexed.isIndex = true
      let gone = try await creator.create(indexed, by: .system, now: testNow)
      try await fields.delete(gone.id, by: .system, now: testNow)
      var hidden = NewField(label: "Hidden")
      hidden.isPublished = false
      _ = try await creator.create(hidden, by: .system, now: testNow)
      _ = try await creator.create(NewField(label: "Shown"), by: .system, now: testNow)
      try await Self.work(jobs, fields)
      #expect(try await fields.current()["gone"] == nil)
      #expect(try await fields.current()["hidden"]?.isPublished == false)
      #expect(try await fields.current()["shown"]?.isPublished == true)
    }
  }

  @Test("Without the background fields are created at once, and bad definitions refused")
  func createsAtOnce() async throws {
    try await Self.with { (jobs, fields) async throws in
      let creator = FieldCreator(jobs: jobs, fields: fields)
      #expect(
        try await creator.create(NewField(label: "Size"), by: .system, now: testNow).isPublished)
      let background = FieldCreator(jobs: jobs, fields: fields) { true }
      await #expect(throws: FieldError.self) {
        _ = try await background.create(NewField(label: " "), by: .system, now: testNow)
      }
      #expect(try await jobs.isIdle())
    }
  }
}
