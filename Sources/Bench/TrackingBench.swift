import Foundation
import JobQueue
import Logging
import Postgres
import Tracking

/// Page hits of known browsers over loopback connections, with the load generator, PostgreSQL and Redis on the same machine:
/// answers a second beside those of a route of the bare HTTP library to the same requests, and the time until the last hit
/// is written.
enum TrackingBench {
  private static let connections = 32
  private static let agent =
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"

  /// - Parameters:
  ///   - devices: The number of browsers, of one contact each.
  ///   - seconds: The time of each measurement.
  static func run(
    _ stage: BenchStage, devices: Int, seconds: Double = 5
  ) async throws -> [BenchResult] {
    try await fill(stage, devices: devices)
    return try await BenchAPI.with(stage) { api in
      try await working(stage, api.tracking) {
        let load = Load(port: api.port, connections: connections)
        let event: @Sendable (Int) -> [UInt8] = { number in
          let body =
            "page_title=Start&page_language=de-AT&preferred_locale=de_AT&page_referrer=r.example"
            + "&page_url=https%3A%2F%2Fshop.example%2Fp%2F\(number % 97)&counter=0"
            + "&timezone_offset=-60&resolution=1920x1080&platform=Linux&do_not_track=false"
            + "&mautic_device_id=\(device(number % devices))"
          return Array(
            """
            POST /mtc/event HTTP/1.1\r\nHost: bench\r\nUser-Agent: \(agent)\r\n\
            X-Forwarded-For: 198.51.100.\(number % 200)\r\n\
            Content-Type: application/x-www-form-urlencoded\r\n\
            Content-Length: \(body.utf8.count)\r\n\r\n\(body)
            """.utf8)
        }
        let pixel: @Sendable (Int) -> [UInt8] = { number in
          Array(
            """
            GET /mtracking.gif?page_url=https%3A%2F%2Fshop.example%2Fp%2F\(number % 97)&page_title=Start HTTP/1.1\r\n\
            Host: bench\r\nUser-Agent: \(agent)\r\n\
            Cookie: mautic_device_id=\(device(number % devices)); mtc_id=1\r\n\r\n
            """.utf8)
        }
        var results: [BenchResult] = []
        let kinds = [("pixel", "image/gif", pixel), ("event", "application/json", event)]
        for (name, type, request) in kinds {
          let sample = try await load.answer(to: request(0))
          _ = try await load.run(seconds: 0.5) { request($0) }
          try await written(stage, api.tracking)
          let before = try await count(stage)
          let statements = stage.postgres.statementsSent
          let measured = try await load.run(seconds: seconds, request)
          let start = ContinuousClock.now
          try await written(stage, api.tracking)
          let late = (ContinuousClock.now - start).seconds
          let written = try await count(stage) - before
          guard written == measured.count else {
            throw BenchError("\(measured.count) hits were answered, \(written) are written")
          }
          let bare = try await BareRoute.with(answering: sample.body, type: type) { port in
            try await Load(port: port, connections: connections)
              .run(seconds: min(2, seconds), request)
          }
          results.append(
            .rate(
              "tracking.\(name)", measured.rate, unit: "hits/s", bare: bare.rate,
              work: Work(
                statementsPerItem: Double(stage.postgres.statementsSent - statements)
                  / Double(measured.count), commandsPerItem: 0),
              details: [
                "devices": Double(devices), "p50_ms": measured.p50.rounded(to: 3),
                "p99_ms": measured.p99.rounded(to: 3), "written_after_s": late.rounded(to: 3),
              ]))
        }
        return results
      }
    }
  }

  /// The id of a browser's device: 23 letters.
  private static func device(_ number: Int) -> String {
    let digits = String(number)
    return "bench" + String(repeating: "0", count: 18 - digits.count) + digits
  }

  private static func fill(_ stage: BenchStage, devices: Int) async throws {
    try await stage.postgres.query(
      """
      INSERT INTO contacts (id, date_added, timezone, preferred_locale)
      SELECT n, '2024-01-01Z', 'Europe/Vienna', 'de_AT' FROM generate_series(1, \(devices)::bigint) AS n
      """)
    try await stage.postgres.query(
      """
      INSERT INTO devices (contact_id, device, tracking_id, date_added)
      SELECT n, 'desktop', 'bench' || lpad((n - 1)::text, 18, '0'), '2024-01-01Z'
      FROM generate_series(1, \(devices)::bigint) AS n
      """)
    try await stage.postgres.query("SELECT setval('contacts_id_seq', \(devices)::bigint)")
    try await stage.postgres.query("VACUUM ANALYZE contacts, devices")
  }

  private static func count(_ stage: BenchStage) async throws -> Int {
    try await stage.postgres.query("SELECT count(*)::integer FROM page_hits")[0].decode(at: 0)
  }

  /// Waits until all hits are written, for a minute at most.
  private static func written(_ stage: BenchStage, _ tracking: TrackingEnvironment) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !tracking.backlog.isEmpty() {
      guard ContinuousClock.now < end else {
        throw BenchError("hits are not written within a minute")
      }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Runs a worker while a body runs.
  private static func working<R: Sendable>(
    _ stage: BenchStage, _ tracking: TrackingEnvironment,
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> R
  ) async throws -> R {
    var registry = JobRegistry()
    TrackingJobs.register(in: &registry, environment: tracking)
    let worker = Worker(
      client: stage.client, registry: registry,
      configuration: WorkerConfiguration(
        queues: [WorkerQueue(TrackingQueue.name)], concurrency: 4), logger: stage.logger)
    let work = Task { try await worker.run() }
    let waker = Task { await tracking.waker.run() }
    let result: Result<R, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    waker.cancel()
    worker.beginDrain(timeout: .seconds(5))
    try await work.value
    return try result.get()
  }
}
