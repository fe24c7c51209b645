import CHiredis
import JobQueue

/// No-op transient jobs: enqueued in batches, then drained by one worker, each beside bare
/// pipelined stream commands on the same Redis.
enum QueueBench {
  struct Nothing: TransientJob {
    static let name = "bench.nothing"
    static let queue = "bench"
    var number: Int
  }

  static func run(_ stage: BenchStage, jobs: Int) async throws -> [BenchResult] {
    let bare = try bareRates(stage, jobs: jobs)

    let batch = 2_000
    let enqueued = try await stage.measure(items: jobs) {
      try await withThrowingTaskGroup(of: Void.self) { group in
        // Two producers, as the bare rate is that of a client which encodes nothing.
        for half in 0..<2 {
          group.addTask {
            var number = half * (jobs / 2)
            let end = half == 0 ? jobs / 2 : jobs
            while number < end {
              let upper = min(number + batch, end)
              try await stage.client.enqueue((number..<upper).map { Nothing(number: $0) })
              number = upper
            }
          }
        }
        try await group.waitForAll()
      }
    }

    let tally = Tally()
    var registry = JobRegistry()
    registry.register(Nothing.self) { _, _ in tally.add() }
    let drained = try await stage.measureWork(
      items: jobs, registry, queue: "bench", concurrency: 4
    ) {
      await tally.reaches(jobs)
      // Counted to the end: the last acknowledgement, not the last handler.
      while let queue = try await stage.client.queue("bench"), queue.depth + queue.running > 0 {
        try await Task.sleep(for: .milliseconds(1))
      }
    }
    return [
      .rate(
        "queue.enqueue", Double(jobs) / enqueued.seconds, unit: "jobs/s", bare: bare.add,
        work: enqueued.work),
      .rate(
        "queue.drain", Double(jobs) / drained.seconds, unit: "jobs/s", bare: bare.drain,
        work: drained.work),
    ]
  }

  /// Rates of `XADD`, and of `XREADGROUP`, `XACK` and `XDEL`, in pipelines of 200 on one connection.
  private static func bareRates(
    _ stage: BenchStage, jobs: Int
  ) throws -> (add: Double, drain: Double) {
    let redis = try stage.bareRedis()
    let (key, batch) = ("\(stage.prefix):bare", 200)
    let entry =
      "0 0 - - 01985f3e-7c5a-7000-8000-0123456789ab bench.nothing 1 10 0 -\n{\"number\":1}"
    try redis.pipeline(
      BareRedis.encode(["XGROUP", "CREATE", key, "workers", "0", "MKSTREAM"]), count: 1)
    let add = BareRedis.encode(["XADD", key, "*", "j", entry])
    let adds = Array(repeatElement(add, count: batch).joined())
    let clock = ContinuousClock()
    let adding = try clock.measure {
      for _ in 0..<(jobs / batch) { try redis.pipeline(adds, count: batch) }
    }
    let read = BareRedis.encode([
      "XREADGROUP", "GROUP", "workers", "bare", "COUNT", "\(batch)", "STREAMS", key, ">",
    ])
    let draining = try clock.measure {
      for _ in 0..<(jobs / batch) {
        var ids: [String] = []
        try redis.pipeline(read, count: 1) { reply in ids = entryIDs(reply) }
        try redis.pipeline(
          BareRedis.encode(["XACK", key, "workers"] + ids)
            + BareRedis.encode(["XDEL", key] + ids), count: 2)
      }
    }
    try redis.pipeline(BareRedis.encode(["UNLINK", key]), count: 1)
    return (Double(jobs) / (adding / .seconds(1)), Double(jobs) / (draining / .seconds(1)))
  }

  /// The ids in the reply of an `XREADGROUP` of one stream.
  private static func entryIDs(_ reply: UnsafeMutablePointer<redisReply>) -> [String] {
    func element(_ reply: redisReply, _ index: Int) -> redisReply? {
      guard reply.type == REDIS_REPLY_ARRAY, index < reply.elements else { return nil }
      return reply.element[index]?.pointee
    }
    guard let stream = element(reply.pointee, 0), let entries = element(stream, 1) else {
      return []
    }
    return (0..<entries.elements).compactMap { index in
      guard let entry = element(entries, index), let id = element(entry, 0) else { return nil }
      return String(cString: id.str)
    }
  }
}

extension BenchStage {
  /// Measures `body` while workers do the jobs of a queue: until it returns, not until the workers have
  /// said goodbye.
  func measureWork(
    items: Int, _ registry: JobRegistry, queue: String, concurrency: Int, workers: Int = 1,
    _ body: () async throws -> Void
  ) async throws -> (seconds: Double, work: Work) {
    var measured = (seconds: 0.0, work: Work(statementsPerItem: 0, commandsPerItem: 0))
    try await working(registry, queue: queue, concurrency: concurrency) {
      measured =
        workers > 1
        ? try await measureWork(
          items: items, registry, queue: queue, concurrency: concurrency, workers: workers - 1, body
        )
        : try await measure(items: items, body)
    }
    return measured
  }

  /// Runs a worker of one queue while `body` runs.
  func working<R>(
    _ registry: JobRegistry, queue: String, concurrency: Int,
    _ body: () async throws -> R
  ) async throws -> R {
    try await working(registry, queues: [queue], concurrency: concurrency, body)
  }

  /// Runs a worker for several queues while `body` runs, and drains it.
  func working<R>(
    _ registry: JobRegistry, queues: [String], concurrency: Int,
    _ body: () async throws -> R
  ) async throws -> R {
    let worker = Worker(
      client: client, registry: registry,
      configuration: WorkerConfiguration(
        queues: queues.map { WorkerQueue($0) }, concurrency: concurrency, drainTimeout: .seconds(5)),
      logger: logger)
    async let running: Void = worker.run()
    let result: Result<R, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    worker.beginDrain(timeout: .seconds(5))
    try await running
    return try result.get()
  }
}
