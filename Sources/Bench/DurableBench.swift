import Foundation
import JobQueue
import Postgres

/// No-op durable jobs: each handler waits for the commit that removes its job, or takes a batch and
/// removes it in one transaction; beside pgbench that removes one job a transaction with as many
/// clients as the worker has connections.
enum DurableBench {
  struct Single: DurableJob {
    static let name = "bench.durable"
    static let queue = "bench-durable"
    var number: Int
  }

  struct Batched: DurableJob {
    static let name = "bench.durable.batch"
    static let queue = "bench-batch"
    var number: Int
  }

  /// Connections to PostgreSQL: the worker's pool, and pgbench's clients.
  static let clients = 8
  /// Handlers at once. Those that end together share a statement, so there are more of them than
  /// connections.
  static let handlers = 32
  static let batch = 500

  static func run(_ stage: BenchStage, jobs: Int) async throws -> [BenchResult] {
    let bare = try await bareRate(stage, jobs: jobs)

    let single = Tally()
    var registry = JobRegistry()
    registry.register(Single.self) { _, context in
      try await context.complete()
      single.add()
    }
    try await fill(stage, jobs) { Single(number: $0) }
    let one = try await stage.measureWork(
      items: jobs, registry, queue: Single.queue, concurrency: handlers
    ) {
      await single.reaches(jobs)
    }

    let batched = Tally()
    let many = jobs * 4
    var batchRegistry = JobRegistry()
    batchRegistry.registerBatch(Batched.self, size: batch) { items, context in
      try await context.complete { _, _ in }
      batched.add(items.count)
    }
    try await fill(stage, many) { Batched(number: $0) }
    let all = try await stage.measureWork(
      items: many, batchRegistry, queue: Batched.queue, concurrency: 2
    ) {
      await batched.reaches(many)
    }
    return [
      .rate(
        "queue.durable", Double(jobs) / one.seconds, unit: "jobs/s", bare: bare, work: one.work),
      .rate(
        "queue.durable.batch", Double(many) / all.seconds, unit: "jobs/s", bare: nil,
        work: all.work),
    ]
  }

  private static func fill<J: DurableJob>(
    _ stage: BenchStage, _ jobs: Int, _ make: (Int) -> J
  ) async throws {
    var number = 0
    while number < jobs {
      let upper = min(number + 5_000, jobs)
      try await stage.client.enqueue((number..<upper).map(make))
      number = upper
    }
    try await stage.postgres.query("ANALYZE jobs")
  }

  /// Transactions a second of pgbench that removes one job each, prepared, by as many clients as
  /// the worker has; nil where pgbench is not installed.
  private static func bareRate(_ stage: BenchStage, jobs: Int) async throws -> Double? {
    guard let program = program() else { return nil }
    try await stage.postgres.query(
      """
      INSERT INTO jobs (id, queue, name, version, payload, max_attempts, created_at)
      SELECT md5(n::text)::uuid, 'bare', 'bare', 1, '{"number":1}', 10, \(Date())
      FROM generate_series(1, \(jobs)) AS n
      """)
    try await stage.postgres.query("ANALYZE jobs")
    let folder = FileManager.default.temporaryDirectory.appending(path: stage.prefix)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Each client has its own numbers, so that it finds its own jobs.
    let each = jobs / clients
    let script = folder.appending(path: "bare.sql")
    try Data(
      """
      \\set next :next + 1
      DELETE FROM jobs WHERE id = md5((:client_id * \(each) + :next)::text)::uuid \
      AND fence <= 1::bigint AND state = 0 AND batch_id IS NULL;

      """.utf8
    ).write(to: script)
    let output = try run(
      program,
      [
        "-n", "-M", "prepared", "-c", "\(clients)", "-j", "2", "-t", "\(each)", "-D", "next=0",
        "-f", script.path, stage.databaseURL,
      ])
    try FileManager.default.removeItem(at: folder)
    try await stage.postgres.query("DELETE FROM jobs")
    for line in output.split(whereSeparator: \.isNewline) where line.hasPrefix("tps = ") {
      if let rate = Double(line.dropFirst(6).prefix { $0 != " " }) { return rate }
    }
    throw BenchError("pgbench said: \(output)")
  }

  /// pgbench of the newest PostgreSQL that is installed.
  private static func program() -> String? {
    let root = "/usr/lib/postgresql"
    let versions =
      FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String }
      .filter { !$0.contains("/") } ?? []
    let places =
      versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin" }
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return places.map { "\($0)/pgbench" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
  }
}
