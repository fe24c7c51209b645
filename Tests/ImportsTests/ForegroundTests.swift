import JobQueue
import Query
import Synchronization
import TestSupport
import Testing

@testable import Imports

/// Imports that a user waits for.
@Suite struct ForegroundTests {
  private static let watched = ImportOptions(background: false)

  @Test("IMP-20, IMP-21, case 12: 1,000 rows in the foreground on request, 1,001 never")
  func threshold() async throws {
    try await ImportBed.with { bed in
      func status(_ rows: Int, _ options: ImportOptions) async throws -> ImportStatus {
        try await bed.upload(ControlTests.file(rows), options).shownStatus
      }
      #expect(try await status(1_000, Self.watched) == .manual)
      #expect(try await status(1_001, Self.watched) == .queued)
      // The background is the default.
      #expect(try await status(1, ImportOptions()) == .queued)
      // For a draft it is decided when it is started.
      let drafts = ImportOptions(autoStart: false)
      let small = try await bed.upload(ControlTests.file(1_000), drafts)
      let large = try await bed.upload(ControlTests.file(1_001), drafts)
      #expect(small.shownStatus == .draft)
      for (draft, expected) in [(small, ImportStatus.manual), (large, .queued)] {
        let started = try await bed.service.start(
          draft.id, background: false, by: ImportBed.actor)
        #expect(started.shownStatus == expected)
      }
      let list = try await bed.service.store.list(
        ListRequest(search: "is:manual", user: 0), status: .manual)
      #expect(list.total == 2 && list.imports.allSatisfy(\.isForeground))
    }
  }

  @Test("IMP-21: with the threshold 0 the user decides, however many rows there are")
  func choice() async throws {
    var settings = ImportSettings()
    settings.foregroundRows = 0
    try await ImportBed.with(settings) { bed in
      let watched = try await bed.upload(ControlTests.file(1_001), Self.watched)
      let left = try await bed.upload(ControlTests.file(1_001))
      #expect(watched.shownStatus == .manual && left.shownStatus == .queued)
    }
  }

  @Test(
    "IMP-22, IMP-23, IMP-24: a foreground import runs on workers and waits for no other")
  func overtakes() async throws {
    var settings = ImportSettings()
    settings.parallelLimit = 1
    settings.limits.partRecords = 5
    try await ImportBed.with(settings) { bed in
      let long = try await bed.upload(ControlTests.file(100))
      try await bed.working(concurrency: 3) {
        // Every worker waits at its part 10.
        try await bed.pool.transaction { connection in
          try await connection.query(
            "SELECT FROM import_parts WHERE import_id = \(long.id) AND number = 10 FOR UPDATE")
          _ = try await eventually {
            try await bed.service.store.get(long.id).processedCount > 0
          }
          let watched = try await bed.upload("email\nann@example.com\n", Self.watched)
          #expect(watched.shownStatus == .manual)
          let ended = try await bed.ended(watched.id)
          #expect(ended.status == .imported && ended.counts == "1 0 0")
          #expect(try await bed.service.store.get(long.id).status == .inProgress)
          // A background import waits for a free slot.
          let next = try await bed.upload("email\nbob@example.com\n")
          let waits = try await eventually {
            try await bed.service.store.get(next.id).status == .delayed
          }
          #expect(waits)
        }
        #expect(try await bed.ended(long.id).counts == "100 0 0")
      }
    }
  }

  @Test(
    "IMP-22: the waiting user cancels it, or moves it to the background, even when stopped")
  func leaving() async throws {
    try await ImportBed.with { bed in
      func upload() async throws -> Int64 {
        try await bed.upload(ControlTests.file(3), Self.watched).id
      }
      let actor = ImportBed.actor
      let left = try await bed.service.moveToBackground(try await upload(), by: actor)
      #expect(left.shownStatus == .queued)
      let error = await #expect(throws: ImportError.self) {
        try await bed.service.moveToBackground(left.id, by: actor)
      }
      #expect(error?.code == .conflict)
      let cancelled = try await bed.service.cancel(try await upload(), by: actor)
      #expect(cancelled.shownStatus == .stopped && cancelled.isCancelled)
      let stopped = try await bed.service.stop(try await upload(), by: actor)
      #expect(stopped.shownStatus == .stopped)
      #expect(try await bed.service.resume(stopped.id, by: actor).shownStatus == .queued)
      let ended = try await bed.working {
        [try await bed.ended(left.id).status, try await bed.ended(stopped.id).status]
      }
      #expect(ended == [.imported, .imported])
      #expect(try await bed.service.store.get(cancelled.id).processedCount == 0)
    }
  }

  @Test("IMP-69: the end of a background import is announced, done or failed, and no other")
  func announced() async throws {
    let announced = Mutex<[String]>([])
    var settings = ImportSettings()
    settings.limits.partRecords = 1
    settings.onEnd = { item, _ in
      announced.withLock { $0.append("\(item.originalFile) \(item.status.name)") }
    }
    try await ImportBed.with(settings) { bed in
      func upload(_ name: String, background: Bool) async throws -> Int64 {
        let options = ImportOptions(originalFile: name, background: background)
        return try await bed.upload(ControlTests.file(2), options).id
      }
      let ids = [
        try await upload("left.csv", background: true),
        try await upload("watched.csv", background: false),
        try await upload("lost.csv", background: true),
        try await upload("watched and lost.csv", background: false),
      ]
      try await bed.pool.query(
        "UPDATE import_parts SET bytes = NULL WHERE import_id = ANY (\([ids[2], ids[3]]))")
      let ended = try await bed.working {
        var ended: [ImportStatus] = []
        for id in ids { ended.append(try await bed.ended(id).status) }
        return ended
      }
      #expect(ended == [.imported, .imported, .failed, .failed])
      #expect(announced.withLock { $0.sorted() } == ["left.csv imported", "lost.csv failed"])
    }
  }
}
