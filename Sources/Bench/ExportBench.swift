import Exports
import Fields
import Foundation
import Imports
import JobQueue
import Postgres
import Synchronization
import Users

/// Exports of all contacts with all fields, to a file that is ready to be fetched; beside `COPY … TO STDOUT` of the
/// same columns of the same table, whose bytes are discarded.
enum ExportBench {
  static func run(_ stage: BenchStage, rows: Int) async throws -> [BenchResult] {
    try await ImportBench.fill(stage, rows: rows)
    // Otherwise the first reader would check the visibility of all rows.
    try await stage.postgres.query("VACUUM ANALYZE contacts")
    let fields = FieldStore(pool: stage.postgres)
    let service = ExportService(jobs: stage.client, fields: fields, commands: [:])
    var registry = JobRegistry()
    ExportJobs.register(in: &registry, fields: fields, commands: [:])

    let bare = try await bareRate(stage, try await fields.current())
    var results: [BenchResult] = []
    for format in [ExportFormat.csv, .xlsx] {
      var run = try await exporting(format, service, registry, stage)
      if format == .csv {
        // The better of two runs, as for the bare server: the first makes the log's files.
        let first = run
        let second = try await exporting(format, service, registry, stage)
        run = second.rate > first.rate ? second : first
        run.details["first_seconds"] = first.details["seconds"]
      }
      results.append(
        .rate(
          "exports.\(format.rawValue)", run.rate, unit: "rows/s", bare: bare, work: run.work,
          details: run.details))
    }
    return results
  }

  private struct Run {
    var rate: Double
    var work: Work
    var details: [String: Double]
  }

  private static func exporting(
    _ format: ExportFormat, _ service: ExportService, _ registry: JobRegistry, _ stage: BenchStage
  ) async throws -> Run {
    let before = ResidentMemory.now
    let watch = MemoryWatch()
    let watching = Task { await watch.run() }
    var id: Int64 = 0
    var measured = (seconds: 0.0, work: Work(statementsPerItem: 0, commandsPerItem: 0))
    // From the request to the finished file, by an idle worker.
    try await stage.working(registry, queue: ExportJobs.queue, concurrency: 2) {
      measured = try await stage.measure(items: 1) {
        id = try await service.create(ExportOptions(format: format), by: .system).id
        while try await service.store.get(id).status.isPending {
          try await Task.sleep(for: .milliseconds(10))
        }
      }
    }
    watching.cancel()
    await watching.value
    let done = try await service.store.get(id)
    guard done.status == .ready, let count = done.rowCount, let size = done.fileSize else {
      throw BenchError("the export ended as \(done.status.name): \(done.error?.message ?? "")")
    }
    return Run(
      rate: Double(count) / measured.seconds,
      work: Work(
        statementsPerItem: measured.work.statementsPerItem / Double(count),
        commandsPerItem: measured.work.commandsPerItem / Double(count)),
      details: [
        "contacts": Double(count), "seconds": measured.seconds.rounded(to: 2),
        "megabytes": (Double(size) / 1e6).rounded(to: 1),
        "memory_megabytes": (Double(watch.peak) / 1e6).rounded(to: 1),
        "memory_before_megabytes": (Double(before) / 1e6).rounded(to: 1),
      ])
  }

  /// Rows a second of the better of two runs: the first warms up.
  private static func bareRate(_ stage: BenchStage, _ fields: FieldSet) async throws -> Double {
    let columns = fields.contact.map { "\(identifier: $0.column)" as SQL }
    let sql: SQL =
      "COPY (SELECT id, \(sql: columns.joined(separator: ", ")) FROM contacts) TO STDOUT"
    let count: Int = try await stage.postgres.query("SELECT count(*) AS n FROM contacts")[0]
      .decode("n")
    var best = Double.infinity
    for _ in 0..<2 {
      let taken = try await stage.postgres.withConnection { connection in
        try await seconds { try await connection.copyOut(sql) { _ in } }
      }
      best = min(best, taken)
    }
    return Double(count) / best
  }
}

/// The peak memory of this process while it was watched.
private final class MemoryWatch: Sendable {
  private let largest = Atomic<Int>(0)

  var peak: Int { largest.load(ordering: .relaxed) }

  func run() async {
    while !Task.isCancelled {
      largest.max(ResidentMemory.now, ordering: .relaxed)
      do {
        try await Task.sleep(for: .milliseconds(20))
      } catch {
        return
      }
    }
  }
}

/// The process's resident memory in bytes; 0 if unknown.
enum ResidentMemory {
  static var now: Int {
    guard let text = FileManager.default.contents(atPath: "/proc/self/statm"),
      let pages = String(decoding: text, as: UTF8.self).split(separator: " ").dropFirst().first
        .flatMap({ Int($0) })
    else { return 0 }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
