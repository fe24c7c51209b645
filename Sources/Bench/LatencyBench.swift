import Histogram
import JobQueue
import Primitives
import Synchronization

/// The delay from enqueueing a transient job to its start, at 200 jobs a second; beside the time that
/// one command takes to Redis and back.
enum LatencyBench {
  struct Stamp: TransientJob {
    static let name = "bench.latency"
    static let queue = "bench-latency"
    /// Nanoseconds since the benchmark began.
    var at: Int64
  }

  static func run(_ stage: BenchStage, jobs: Int) async throws -> [BenchResult] {
    let clock = ContinuousClock()
    let start = clock.now
    @Sendable func now() -> Int64 {
      (clock.now - start).nanoseconds
    }
    let delays = Mutex(Histogram<UInt64>(numberOfSignificantValueDigits: .three))
    let tally = Tally()
    var registry = JobRegistry()
    registry.register(Stamp.self) { job, _ in
      let delay = UInt64(max(0, now() - job.at))
      _ = delays.withLock { $0.record(delay) }
      tally.add()
    }
    var trips = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    try await stage.working(registry, queue: Stamp.queue, concurrency: 4) {
      for number in 0..<jobs {
        try await clock.sleep(until: start + .milliseconds(5) * (number + 1))
        let before = now()
        if number.isMultiple(of: 2) {
          _ = try await stage.redis.send("PING")
          trips.record(UInt64(max(0, now() - before)))
        }
        try await stage.client.enqueue(Stamp(at: now()))
      }
      await tally.reaches(jobs)
    }
    let (p50, p99) = delays.withLock {
      ($0.valueAtPercentile(50), $0.valueAtPercentile(99))
    }
    return [
      .time(
        "queue.latency.p50", Double(p50) / 1e6, unit: "ms",
        bare: Double(trips.valueAtPercentile(50)) / 1e6),
      .time(
        "queue.latency.p99", Double(p99) / 1e6, unit: "ms",
        bare: Double(trips.valueAtPercentile(99)) / 1e6),
    ]
  }
}
