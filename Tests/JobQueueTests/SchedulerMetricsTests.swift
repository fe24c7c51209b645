import Metrics
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Records which metrics are created.
private final class Labels: MetricsFactory {
  private let labels = Mutex<Set<String>>([])
  var all: Set<String> { labels.withLock { $0 } }

  private func note(_ label: String) -> NOOPMetricsHandler {
    _ = labels.withLock { $0.insert(label) }
    return NOOPMetricsHandler.instance
  }
  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    note(label)
  }
  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    note(label)
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    note(label)
  }
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

@Suite struct SchedulerMetricsTests {
  /// Queues are queried at a scrape; separate gauges would hide the results behind old ones.
  @Test func depthsAreNotRecorded() async throws {
    try await World.run { (world: World) async throws -> Void in
      try await world.client.enqueue(Deed(number: 1))
      try await world.database.pool.query(
        """
        INSERT INTO job_batches (id, total, remaining, created_at, ended_at)
        VALUES (gen_random_uuid(), 1, 0, '2001-01-01', '2001-01-01')
        """)
      let labels = Labels()
      _ = withMetricsFactory(labels) { world.schedule() }
      // Housekeeping has run.
      #expect(try await eventually { try await world.count("job_batches") == 0 })
      #expect(labels.all.contains("martlet_schedule_lateness_seconds"))
      #expect(labels.all.isDisjoint(with: ["martlet_queue_depth", "martlet_queue_oldest_seconds"]))
    }
  }
}
