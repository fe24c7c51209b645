import Fields
import Foundation
import Imports
import JobQueue
import Postgres
import Sample
import Segments

/// An import of a realistic list by two workers: into an empty table, then the same file again;
/// beside `COPY` of the contacts it made into a table with the same columns and indexes.
enum ImportBench {
  static func run(_ stage: BenchStage, rows: Int) async throws -> [BenchResult] {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(stage.prefix).csv")
    let list = try write(rows: rows, to: file)
    defer {
      // A leftover temporary file is harmless.
      try? FileManager.default.removeItem(at: file)
    }
    let fields = FieldStore(pool: stage.postgres)
    let service = ImportService(jobs: stage.client, fields: fields, logger: stage.logger)
    var registry = JobRegistry()
    ImportJobs.register(in: &registry, pool: stage.postgres, fields: fields)

    let first = try await importing(file, rows, service, registry, stage)
    try check(first, list)
    let bare = try await bareRate(stage)
    let again = try await importing(file, rows, service, registry, stage)
    return [
      .rate(
        "imports.new", first.rate, unit: "rows/s", bare: bare, work: first.work,
        details: first.details),
      .rate(
        "imports.again", again.rate, unit: "rows/s", bare: bare, work: again.work,
        details: again.details),
    ]
  }

  /// Fills the stage with the contacts of a list, for benchmarks of other things.
  static func fill(_ stage: BenchStage, rows: Int) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(stage.prefix).csv")
    try write(rows: rows, to: file)
    defer {
      // A leftover temporary file is harmless.
      try? FileManager.default.removeItem(at: file)
    }
    let fields = FieldStore(pool: stage.postgres)
    var registry = JobRegistry()
    ImportJobs.register(in: &registry, pool: stage.postgres, fields: fields)
    let service = ImportService(jobs: stage.client, fields: fields, logger: stage.logger)
    _ = try await importing(file, rows, service, registry, stage)
  }

  /// An import while the stage's published segments follow it: the rate of imported rows, and the
  /// rate at which segments have evaluated them.
  static func live(_ stage: BenchStage, rows: Int) async throws -> BenchResult {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(stage.prefix).csv")
    try write(rows: rows, seed: 2, to: file)
    defer {
      // A leftover temporary file is harmless.
      try? FileManager.default.removeItem(at: file)
    }
    let fields = FieldStore(pool: stage.postgres)
    var registry = stage.segmentJobs()
    ImportJobs.register(in: &registry, pool: stage.postgres, fields: fields)
    let service = ImportService(jobs: stage.client, fields: fields, logger: stage.logger)
    let waker = SegmentWaker(jobs: stage.client, logger: stage.logger)
    let waking = Task { await waker.run() }
    let refreshing = stage.segmentJobs()
    var refreshed = 0.0
    let start = ContinuousClock.now
    var run = Run(rate: 0, work: Work(statementsPerItem: 0, commandsPerItem: 0), details: [:])
    try await stage.working(refreshing, queues: refreshing.queues, concurrency: 2) {
      run = try await importing(file, rows, service, registry, stage)
      while try await stage.postgres.query("SELECT FROM contact_changes LIMIT 1").isEmpty == false {
        try await Task.sleep(for: .milliseconds(20))
      }
      refreshed = start.duration(to: .now) / .seconds(1)
    }
    waking.cancel()
    await waking.value
    // The upload comes before the first mark.
    refreshed -= run.details["upload_seconds"] ?? 0
    run.details["refreshed_rows_per_second"] = (Double(rows) / refreshed).rounded(to: 0)
    run.details["refreshed_seconds"] = refreshed.rounded(to: 2)
    return .rate(
      "segments.import", run.rate, unit: "rows/s", bare: nil, work: run.work, details: run.details)
  }

  private struct Run {
    var rate: Double
    var work: Work
    var details: [String: Double]
  }

  /// - Returns: The rows written.
  @discardableResult
  private static func write(
    rows: Int, seed: UInt64 = 1, to file: URL
  ) throws -> ContactList.Summary {
    guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
      throw BenchError("cannot write \(file.path)")
    }
    let handle = try FileHandle(forWritingTo: file)
    var buffer = Data()
    var list = ContactList(rows: rows, seed: seed)
    while let line = list.next() {
      buffer.append(contentsOf: line.utf8)
      if buffer.count > 1 << 20 {
        try handle.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try handle.write(contentsOf: buffer)
    try handle.close()
    return list.summary
  }

  /// Checks that rows were counted as by reading the list line by line.
  private static func check(_ run: Run, _ list: ContactList.Summary) throws {
    let refused = ["number", "email", "extra cell"].reduce(0) {
      $0 + (list.bad[$1] ?? 0)
    }
    let expected = [
      "updated": list.duplicate, "ignored": refused,
      "inserted": list.rows - list.duplicate - refused,
    ]
    for (name, count) in expected where run.details[name] != Double(count) {
      throw BenchError("\(run.details[name] ?? 0) rows were \(name), not \(count)")
    }
  }

  private static func importing(
    _ file: URL, _ rows: Int, _ service: ImportService, _ registry: JobRegistry,
    _ stage: BenchStage
  ) async throws -> Run {
    let options = ImportOptions(
      originalFile: "bench.csv",
      fields: Dictionary(uniqueKeysWithValues: ContactList.mapping.map { ($0.column, $0.field) }))
    let handle = try FileHandle(forReadingFrom: file)
    var id: Int64 = 0
    let upload = try await seconds {
      id = try await service.upload(options, by: ImportActor()) {
        let chunk = try handle.read(upToCount: 1 << 16) ?? Data()
        return chunk.isEmpty ? nil : [UInt8](chunk)
      }.id
    }
    try handle.close()
    let (seconds, work) = try await stage.measureWork(
      items: rows, registry, queue: ImportJobs.queue, concurrency: 2, workers: 2
    ) {
      while true {
        let item = try await service.store.get(id)
        if item.status == .imported { break }
        if item.status == .failed { throw BenchError("the import failed") }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    let item = try await service.store.get(id)
    guard item.processedCount == rows else {
      throw BenchError("\(item.processedCount) of \(rows) rows were accounted for")
    }
    return Run(
      rate: Double(rows) / seconds, work: work,
      details: [
        "inserted": Double(item.insertedCount), "updated": Double(item.updatedCount),
        "ignored": Double(item.ignoredCount), "seconds": seconds.rounded(to: 2),
        "upload_seconds": upload.rounded(to: 2),
      ])
  }

  /// Rows a second of `COPY` of all contacts into a table like theirs.
  private static func bareRate(_ stage: BenchStage) async throws -> Double {
    try await stage.postgres.query("CREATE TABLE bare_contacts (LIKE contacts INCLUDING ALL)")
    let (taken, count) = try await stage.postgres.withConnection { connection in
      var text: [[UInt8]] = []
      try await connection.copyOut("COPY contacts TO STDOUT") { text.append($0) }
      let chunks = text
      var count = 0
      let taken = try await seconds {
        count = try await connection.copyIn("COPY bare_contacts FROM STDIN") { writer in
          for chunk in chunks { try await writer.write(chunk) }
        }
      }
      return (taken, count)
    }
    try await stage.postgres.query("DROP TABLE bare_contacts")
    return Double(count) / taken
  }
}
