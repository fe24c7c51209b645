import Metrics

/// The gauge `martlet_postgres_connections`: sessions by `state` (`used`, `idle`), and the tasks
/// that wait for one (`waiting`).
struct PoolMetrics: Sendable {
  private static let name = "martlet_postgres_connections"

  private let used = Gauge(label: name, dimensions: [("state", "used")])
  private let idle = Gauge(label: name, dimensions: [("state", "idle")])
  private let waiting = Gauge(label: name, dimensions: [("state", "waiting")])

  func record(_ statistics: PostgresPool.Statistics) {
    used.record(statistics.open - statistics.idle)
    idle.record(statistics.idle)
    waiting.record(statistics.waiting)
  }
}
