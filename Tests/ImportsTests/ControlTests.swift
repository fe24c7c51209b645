import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Imports

/// Starting, stopping, resuming, ending.
@Suite(.serialized) struct ControlTests {
  static func file(_ rows: Int) -> String {
    "email,firstname\n" + (1...rows).map { "user\($0)@example.com,Name \($0)\n" }.joined()
  }

  @Test("IMP-07, IMP-13, IMP-52: a draft shows its rows, is edited, and is started with consent")
  func draftsWaitAndMayBeEdited() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.upload(Self.file(3), ImportOptions(autoStart: false))
      #expect(item.status == .draft)
      let preview = try await bed.service.preview(item.id)
      #expect(preview.guess == ["email": "email", "firstname": "firstname"])
      #expect(preview.rows.first == ["user1@example.com", "Name 1"])
      let edited = try await bed.service.edit(
        item.id, ImportEdit(fields: ["firstname": "lastname"], priority: 1), by: ImportBed.actor)
      #expect(edited.fields == ["firstname": "lastname"])
      // No column identifies a row after this.
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.start(item.id, by: ImportBed.actor)
      }
      #expect(error?.code == .mapping)
      _ = try await bed.service.start(item.id, allowDuplicates: true, by: ImportBed.actor)
      let done = try await bed.working { try await bed.ended(item.id) }
      #expect(done.counts == "3 0 0")
      #expect(
        try await bed.texts("SELECT lastname FROM contacts ORDER BY id LIMIT 1") == ["Name 1"])
    }
  }

  @Test("IMP-62, IMP-72, case 13: stopped and resumed, each row is imported once")
  func stoppedAndResumed() async throws {
    var settings = ImportSettings()
    settings.limits.partRecords = 5
    try await ImportBed.with(settings) { bed in
      let item = try await bed.upload(Self.file(200))
      try await bed.working(concurrency: 1) {
        // Every worker waits at part 20 until the import is stopped.
        try await bed.pool.transaction { connection in
          try await connection.query(
            "SELECT FROM import_parts WHERE import_id = \(item.id) AND number = 20 FOR UPDATE")
          _ = try await eventually {
            try await bed.service.store.get(item.id).processedCount > 0
          }
          let stopped = try await bed.service.stop(item.id, by: ImportBed.actor)
          #expect(stopped.status == .stopped)
          #expect(!stopped.isPublished)
        }
        // Queued jobs end without effect.
        let isIdle = try await eventually {
          try await bed.texts("SELECT count(*)::text FROM jobs") == ["0"]
        }
        #expect(isIdle)
      }
      let stopped = try await bed.service.store.get(item.id)
      #expect(stopped.status == .stopped)
      #expect(stopped.processedCount < 200)
      _ = try await bed.service.resume(item.id, by: ImportBed.actor)
      let done = try await bed.working { try await bed.ended(item.id) }
      #expect(done.status == .imported)
      #expect(done.counts == "200 0 0")
      #expect(try await bed.texts("SELECT count(*)::text FROM contacts") == ["200"])
      #expect(
        try await bed.texts("SELECT number::text FROM import_parts WHERE bytes IS NOT NULL") == [])
    }
  }

  @Test("IMP-72, IMP-73: cancelled, and deleted with its file")
  func cancelledPermanently() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.upload(Self.file(10))
      let ended = try await bed.service.cancel(item.id, by: ImportBed.actor)
      #expect(ended.status == .stopped)
      #expect(ended.isCancelled)
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.resume(item.id, by: ImportBed.actor)
      }
      #expect(error?.code == .conflict)
      try await bed.working {
        let isIdle = try await eventually {
          try await bed.texts("SELECT count(*)::text FROM jobs") == ["0"]
        }
        #expect(isIdle)
      }
      #expect(try await bed.texts("SELECT id::text FROM contacts") == [])
      try await bed.service.delete(item.id)
      let gone = await #expect(throws: ImportError.self) {
        try await bed.service.store.get(item.id)
      }
      #expect(gone?.code == .notFound)
      #expect(try await bed.texts("SELECT number::text FROM import_parts") == [])
    }
  }

  @Test("IMP-24, IMP-25, case 15: at the limit an import waits with the reason, and follows")
  func oneAfterTheOtherAtTheLimit() async throws {
    var settings = ImportSettings()
    settings.parallelLimit = 1
    settings.limits.partRecords = 2
    try await ImportBed.with(settings) { bed in
      let first = try await bed.upload(Self.file(60))
      let second = try await bed.upload(Self.file(60))
      let third = try await bed.upload(Self.file(4), ImportOptions(priority: 1))
      let items = try await bed.working(workers: 2) {
        let waits = try await eventually {
          try await bed.texts("SELECT status_info FROM imports WHERE status = 7").contains {
            $0?.contains("at most 1") == true
          }
        }
        #expect(waits)
        return [
          try await bed.ended(first.id), try await bed.ended(second.id),
          try await bed.ended(third.id),
        ]
      }
      #expect(items.map(\.status) == [.imported, .imported, .imported])
      #expect(items.map(\.processedCount) == [60, 60, 4])
      let spans = items.compactMap { item in
        item.dateStarted.flatMap { start in item.dateEnded.map { (start, $0) } }
      }.sorted { $0.0 < $1.0 }
      for (earlier, later) in zip(spans, spans.dropFirst()) { #expect(earlier.1 <= later.0) }
    }
  }

  @Test("IMP-65: an import without progress for two hours has failed")
  func staleImportsAndUploadsFail() async throws {
    try await ImportBed.with { bed in
      let stuck = try await bed.upload(Self.file(3), ImportOptions(autoStart: false))
      let left = try await bed.service.create(ImportOptions(), by: ImportBed.actor)
      try await bed.pool.query(
        "UPDATE imports SET status = 2, date_progress = now() - interval '3 hours' WHERE id = \(stuck.id)"
      )
      try await bed.pool.query(
        "UPDATE imports SET date_progress = now() - interval '3 hours' WHERE id = \(left.id)")
      _ = try await bed.jobs.enqueue(SweepImports())
      try await bed.working {
        let stale = try await bed.ended(stuck.id)
        #expect(stale.error?.code == .stale)
        let cutOff = try await bed.ended(left.id)
        #expect(cutOff.error?.code == .cutOff)
        let isGone = try await eventually {
          try await bed.texts("SELECT number::text FROM import_parts WHERE bytes IS NOT NULL") == []
        }
        #expect(isGone)
      }
    }
  }

  @Test("IMP-66: actions that a status does not allow change nothing")
  func statusesForbidInvalidActions() async throws {
    try await ImportBed.with { bed in
      let item = try await bed.importing(Self.file(2))
      for change in [ImportService.stop, ImportService.resume, ImportService.cancel] {
        let error = await #expect(throws: ImportError.self) {
          try await change(bed.service)(item.id, ImportBed.actor)
        }
        #expect(error?.code == .conflict)
      }
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.edit(item.id, ImportEdit(priority: 1), by: ImportBed.actor)
      }
      #expect(error?.code == .conflict)
    }
  }
}
