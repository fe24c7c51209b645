import Foundation
import Postgres
import Primitives
import Redis
import TestSupport
import Testing
import Users

@testable import Exports
@testable import JobQueue

@Suite("Exports that are killed, stopped or lost midway end properly (EXP-17)")
struct RecoveryTests {
  /// Settings with many small steps, so that tests can interrupt an export.
  private static var slow: ExportSettings {
    var settings = ExportSettings()
    settings.batchBytes = 1_024
    settings.partBytes = 4_096
    return settings
  }

  private static let options = ExportOptions(columns: ["id", "email", "firstname", "city"])

  /// Waits until an export is in progress and has written something.
  private static func middle(_ id: Int64, _ bed: ExportBed) async throws {
    let begun = try await eventually(within: .seconds(30)) {
      let export = try await bed.service.store.get(id)
      return export.status != .queued && export.processedCount > 0
    }
    #expect(begun)
    #expect(try await bed.service.store.get(id).status == .inProgress)
  }

  @Test(
    "EXP-17, case 6: a worker dies midway; the next starts again, and the file is the same")
  func takeover() async throws {
    try await ExportBed.with(Self.slow) { bed in
      try await bed.people(40_000)
      let export = try await bed.service.create(Self.options, by: ExportBed.user)
      let doomed = bed.worker(lease: .seconds(3))
      let task = Task { try await doomed.run() }
      try await Self.middle(export.id, bed)
      doomed.abandon()
      try await task.value
      #expect(try await bed.parts() > 0)
      let done = try await bed.working(lease: .seconds(3)) {
        let done = try await bed.ended(export.id)
        #expect(try await bed.idle())
        return done
      }
      #expect(done.status == .ready)
      #expect(done.run == 2)
      #expect(done.rowCount == 40_000)
      let file = try await bed.file(export.id)
      #expect(Int64(file.count) == done.fileSize)
      // The parts of the dead run are deleted, and no others.
      let parts = (file.count + 4_095) / 4_096
      #expect(try await bed.parts() == parts)
      let digest = try #require(Digest(.sha256))
      digest.update(file)
      #expect(digest.finish() == done.sha256)
      let undisturbed = try await bed.exporting(Self.options)
      #expect(undisturbed.export.sha256 == done.sha256)
    }
  }

  @Test("Cancelling a running export stops it, and nothing of it stays")
  func cancelled() async throws {
    try await ExportBed.with(Self.slow) { bed in
      try await bed.people(40_000)
      let export = try await bed.service.create(Self.options, by: ExportBed.user)
      try await bed.working {
        try await Self.middle(export.id, bed)
        let stopped = try await bed.service.cancel(export.id, by: ExportBed.user)
        #expect(stopped.status == .stopped)
        #expect(try await bed.idle())
      }
      let after = try await bed.service.store.get(export.id)
      #expect(after.status == .stopped)
      #expect(after.sha256 == nil)
      try await bed.jobs.enqueue(SweepExports())
      #expect(try await bed.working { try await bed.idle() })
      #expect(try await bed.parts() == 0)
    }
  }

  @Test("Deleting a running export stops it")
  func deleted() async throws {
    try await ExportBed.with(Self.slow) { bed in
      try await bed.people(40_000)
      let export = try await bed.service.create(Self.options, by: ExportBed.user)
      try await bed.working {
        try await Self.middle(export.id, bed)
        _ = try await bed.service.delete(export.id, by: ExportBed.user)
        #expect(try await bed.idle())
        try await bed.jobs.enqueue(SweepExports())
        #expect(try await bed.idle())
      }
      #expect(try await bed.parts() == 0)
    }
  }

  @Test("Redis is emptied midway: the file is completed all the same")
  func emptiedRedis() async throws {
    try await ExportBed.with(Self.slow) { bed in
      try await bed.people(20_000)
      let export = try await bed.service.create(Self.options, by: ExportBed.user)
      var configuration = SchedulerConfiguration()
      configuration.epochInterval = .milliseconds(50)
      configuration.reapInterval = .milliseconds(100)
      let scheduler = Scheduler(
        client: bed.jobs, periodic: [], configuration: configuration, logger: .silent)
      let running = Task { try await scheduler.run() }
      let done = try await bed.working {
        try await Self.middle(export.id, bed)
        _ = try await bed.jobs.redis.send(
          "EVAL", "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end", 0,
          RedisArgument("*\(bed.redis.prefix)*"))
        return try await bed.ended(export.id)
      }
      running.cancel()
      try await running.value
      #expect(done.status == .ready)
      #expect(done.rowCount == 20_000)
      #expect(try await bed.file(export.id).count == done.fileSize.map(Int.init))
    }
  }

  @Test(
    "An export whose job is gone is enqueued again, one whose job is dead fails with the reason")
  func lostJobs() async throws {
    try await ExportBed.with { bed in
      try await bed.people(10)
      let lost = try await bed.service.create(Self.options, by: ExportBed.user)
      let dead = try await bed.service.create(Self.options, by: ExportBed.user)
      try await bed.pool.query(
        "DELETE FROM jobs WHERE object_type = 'export' AND object_id = \(lost.id)")
      try await bed.pool.query(
        """
        UPDATE jobs SET state = 2, last_error = 'killed 3 workers'
        WHERE object_type = 'export' AND object_id = \(dead.id)
        """)
      let later = bed.at(.offset(.seconds(61)))
      try await later.jobs.enqueue(SweepExports())
      try await later.working {
        #expect(try await later.ended(lost.id).status == .ready)
        let failed = try await later.ended(dead.id)
        #expect(failed.status == .failed)
        #expect(failed.error?.message == "killed 3 workers")
      }
    }
  }

  @Test("A column deleted before the work begins fails the export and is named")
  func columnGone() async throws {
    try await ExportBed.with { bed in
      try await bed.people(10)
      let export = try await bed.service.create(Self.options, by: ExportBed.user)
      try await bed.pool.query("UPDATE fields SET is_published = false WHERE alias = 'city'")
      let failed = try await bed.working { try await bed.ended(export.id) }
      #expect(failed.status == .failed)
      #expect(failed.error?.code == .invalid)
      #expect(failed.error?.message.contains("\"city\"") == true)
    }
  }
}
