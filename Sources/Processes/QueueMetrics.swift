import JobQueue
import Logging
import Runtime

/// The depth of the queues, read at a scrape. Only the scheduler shows it: any one of the
/// processes sees the whole of it, and the sum over all of them would be wrong.
struct QueueMetrics: Sendable {
  private let jobs: JobClient
  private let logger: Logger

  init(_ jobs: JobClient, logger: Logger) {
    self.jobs = jobs
    self.logger = logger
  }

  func families() async -> [MetricFamily] {
    let queues: [QueueStatus]
    do {
      queues = try await jobs.queues()
    } catch {
      // A scrape without these figures tells more than none; readiness says what is missing.
      logger.debug("the queues cannot be read", metadata: ["error": "\(error)"])
      return []
    }
    var depth: [MetricFamily.Sample] = []
    for queue in queues {
      for (state, count) in [
        ("ready", queue.depth), ("running", queue.running), ("scheduled", queue.scheduled),
        ("dead", queue.dead), ("unknown", queue.unknown),
      ] {
        depth.append(.init(Double(count), [("queue", queue.name), ("state", state)]))
      }
    }
    let oldest = queues.map {
      MetricFamily.Sample($0.oldestAgeSeconds ?? 0, [("queue", $0.name)])
    }
    return [
      MetricFamily("martlet_queue_depth", .gauge, depth),
      MetricFamily("martlet_queue_oldest_seconds", .gauge, oldest),
    ]
  }
}
