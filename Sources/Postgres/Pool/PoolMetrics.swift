import Metrics
import Synchronization

/// The gauge `martlet_postgres_connections`: sessions by `state` (`used`, `idle`), and the tasks
/// that wait for one (`waiting`).
struct PoolMetrics: ~Copyable, Sendable {
  private static let name = "martlet_postgres_connections"

  private let used = Gauge(label: name, dimensions: [("state", "used")])
  private let idle = Gauge(label: name, dimensions: [("state", "idle")])
  private let waiting = Gauge(label: name, dimensions: [("state", "waiting")])

  private let turn = Mutex(())

  /// Records the pool's statistics, read under the lock: the last to record has read last, so that the gauges never
  /// keep an older number.
  func record(_ read: () -> PostgresPool.Statistics) {
    turn.withLock { _ in
      let statistics = read()
      used.record(statistics.open - statistics.idle)
      idle.record(statistics.idle)
      waiting.record(statistics.waiting)
    }
  }
}
