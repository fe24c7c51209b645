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

  /// Records what the pool holds, read when it is this one's turn: whoever records last has read last, so that
  /// the gauges never stay at an older number.
  func record(_ read: () -> PostgresPool.Statistics) {
    turn.withLock { _ in
      let statistics = read()
      used.record(statistics.open - statistics.idle)
      idle.record(statistics.idle)
      waiting.record(statistics.waiting)
    }
  }
}
