import Foundation
import JobQueue
import Logging
import Runtime
import ServiceLifecycle
import Users

extension Composition {
  /// The services of the role, in the order in which they start; they stop in the reverse order,
  /// so that the API, which makes work, stops before the worker, which does it.
  func services() -> [any Service] {
    var services: [any Service] = []
    if let testClock = backends.testClock { services.append(testClock) }
    services.append(ReadinessWatch(readiness: readiness, logger: logger))
    let role = configuration.role
    if role == .scheduler || role == .dev { services.append(scheduler()) }
    if role == .worker || role == .dev { services.append(worker()) }
    // api
    return services
  }

  private func worker() -> Worker {
    let registry = Handlers.registry(backends)
    let queues =
      configuration.workerQueues.map {
        $0.map { WorkerQueue($0.name, weight: $0.weight.map(Double.init)) }
      }
      ?? registry.queues.map { WorkerQueue($0) }
    let worker = Worker(
      client: backends.jobs, registry: registry,
      configuration: WorkerConfiguration(
        queues: queues, concurrency: configuration.workerConcurrency,
        drainTimeout: configuration.drainTimeout),
      middleware: [MetricsMiddleware(), LoggingMiddleware(logger: logger), TracingMiddleware()],
      logger: logger)
    readiness.require("worker") {
      guard let last = worker.health.lastHeartbeat else { throw Silence(seconds: nil) }
      let age = -last.timeIntervalSinceNow
      // Past its lease others have taken its jobs over.
      if age > Silence.limit { throw Silence(seconds: age) }
    }
    return worker
  }

  private func scheduler() -> Scheduler {
    let queues = QueueMetrics(backends.jobs, logger: logger)
    metrics.collect { await queues.families() }
    return Scheduler(client: backends.jobs, periodic: Handlers.periodic, logger: logger)
  }
}

/// A worker whose heartbeat Redis has not taken.
private struct Silence: Error, CustomStringConvertible {
  static let limit = 6.0
  let seconds: Double?

  var description: String {
    seconds.map { "no heartbeat for \(Int($0)) s" } ?? "no heartbeat yet"
  }
}
