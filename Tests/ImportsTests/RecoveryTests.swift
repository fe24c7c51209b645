import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Imports
@testable import Postgres

/// Lost, overtaken or repeated work ends properly.
@Suite(.serialized) struct RecoveryTests {
  private static func settings(partRecords: Int, limit: Int = 4) -> ImportSettings {
    var settings = ImportSettings()
    settings.limits.partRecords = partRecords
    settings.parallelLimit = limit
    return settings
  }

  /// Two plans of one import, one of them late, have the same result.
  @Test("IMP-64: two plans of one import, one of them late, have the same result")
  func plansDoNotDisturbEachOther() async throws {
    try await ImportBed.with(Self.settings(partRecords: 2)) { bed in
      let item = try await bed.upload(ControlTests.file(4), ImportOptions(autoStart: false))
      let parts = PartStore(pool: bed.pool)
      try await parts.setKeys([7, 8], of: 0, item.id)
      try await parts.setContested([[7]], item.id)
      #expect(try await parts.keys(of: 0, item.id) == [7, 8])
      try await bed.pool.query("UPDATE imports SET mode = 'parallel' WHERE id = \(item.id)")
      try await parts.setContested([[]], item.id)
      #expect(try await parts.contested(of: 0, item.id) == [7])
    }
  }

  /// Stopped and resumed while being planned: rows of one e-mail still become one contact.
  @Test("IMP-51, IMP-63: stopped and resumed while being planned")
  func resumedWhilePlanning() async throws {
    try await ImportBed.with(Self.settings(partRecords: 5)) { bed in
      let rows = (1...200).map { "user\($0 % 7)@example.com,Name \($0)\n" }
      let item = try await bed.upload("email,firstname\n" + rows.joined())
      let done = try await bed.working(workers: 2, concurrency: 4) {
        for _ in 0..<5 {
          try await Task.sleep(for: .milliseconds(15))
          guard try await bed.service.store.get(item.id).mode == nil else { break }
          _ = try await bed.service.stop(item.id, by: ImportBed.actor)
          _ = try await bed.service.resume(item.id, by: ImportBed.actor)
        }
        return try await bed.ended(item.id)
      }
      #expect(done.status == .imported)
      #expect(done.counts == "7 193 0")
    }
  }

  /// One identifier in every row: more rows are deferred than are taken at once.
  @Test("IMP-51: one identifier in every row")
  func largeBucketsAreTakenInRanges() async throws {
    var settings = Self.settings(partRecords: 5)
    settings.contestedRows = 3
    try await ImportBed.with(settings) { bed in
      let rows = (1...120).map { "none@example.com,Name \($0)\n" }
      let done = try await bed.importing("email,firstname\n" + rows.joined(), concurrency: 4)
      #expect(done.status == .imported)
      #expect(done.counts == "1 119 0")
      #expect(try await bed.texts("SELECT firstname FROM contacts") == ["Name 120"])
      #expect(try await bed.texts("SELECT bucket::text FROM import_contested") == [])
    }
  }

  /// Imports whose jobs are gone are planned again.
  @Test(arguments: [1, 2])
  func lostJobs(_ status: Int) async throws {
    try await ImportBed.with { bed in
      let item = try await bed.upload(ControlTests.file(10))
      try await bed.pool.query("DELETE FROM jobs")
      if status == 2 {
        try await bed.pool.query(
          """
          UPDATE imports SET status = 2, date_started = now(),
            base_id = reserve_contact_ids(line_count)
          WHERE id = \(item.id)
          """)
      }
      try await bed.pool.query("UPDATE imports SET date_progress = now() - interval '61 seconds'")
      _ = try await bed.jobs.enqueue(SweepImports())
      let done = try await bed.working { try await bed.ended(item.id, within: .seconds(20)) }
      #expect(done.status == .imported)
      #expect(done.counts == "10 0 0")
    }
  }

  /// A new import does not overtake a waiting one, and wakes it when it has to wait itself.
  @Test("IMP-25: a new import does not overtake a waiting one")
  func delayedImportsComeFirst() async throws {
    try await ImportBed.with(Self.settings(partRecords: 100, limit: 1)) { bed in
      let waiting = try await bed.upload(ControlTests.file(3))
      try await bed.pool.query("DELETE FROM jobs")
      try await bed.pool.query("UPDATE imports SET status = 7")
      let new = try await bed.upload(ControlTests.file(3))
      let (first, second) = try await bed.working {
        (
          try await bed.ended(waiting.id, within: .seconds(20)),
          try await bed.ended(new.id, within: .seconds(20))
        )
      }
      #expect(first.counts == "3 0 0")
      #expect(second.counts == "0 3 0")
      #expect(try #require(first.dateEnded) <= (try #require(second.dateStarted)))
    }
  }

  /// Many imports and few slots: each is eventually woken, without a sweep.
  @Test(arguments: [1, 2])
  func noWakeUpIsLost(_ limit: Int) async throws {
    try await ImportBed.with(Self.settings(partRecords: 100, limit: limit)) { bed in
      let ended = try await bed.working(workers: 3, concurrency: 4) {
        var ids: [Int64] = []
        for number in 0..<16 {
          let options = ImportOptions(priority: 1 + number * 7 % 5)
          ids.append(try await bed.upload(ControlTests.file(2), options).id)
        }
        var ended: [ImportStatus] = []
        for id in ids { ended.append(try await bed.ended(id, within: .seconds(20)).status) }
        return ended
      }
      #expect(ended.allSatisfy { $0 == .imported })
    }
  }

  /// An import behind a waiting one is woken when that one is stopped.
  @Test("IMP-24: an import behind a waiting one is woken when that one is stopped")
  func stoppingAWaitingImportWakesTheNext() async throws {
    try await ImportBed.with(Self.settings(partRecords: 100, limit: 1)) { bed in
      let first = try await bed.upload(ControlTests.file(3))
      let second = try await bed.upload(ControlTests.file(3))
      try await bed.pool.query("DELETE FROM jobs")
      try await bed.pool.query("UPDATE imports SET status = 7")
      let stopped = try await bed.service.stop(first.id, by: ImportBed.actor)
      #expect(stopped.modifiedByUser == "Tester")
      let done = try await bed.working { try await bed.ended(second.id, within: .seconds(20)) }
      #expect(done.counts == "3 0 0")
    }
  }

  @Test("IMP-68: an unavailable server fails nothing")
  func anUnavailableServerFailsNoPart() {
    #expect(!PartHandler.isOwn(PostgresError(.connection, "gone")))
    #expect(!PartHandler.isOwn(JobCancellation.shutdown))
    #expect(!PartHandler.isOwn(CancellationError()))
    #expect(PartHandler.isOwn(RetryJob(after: .seconds(1), "odd")))
  }
}
