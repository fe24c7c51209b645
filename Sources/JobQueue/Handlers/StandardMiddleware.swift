public import Logging
import Metrics
import Primitives
import Synchronization
import Tracing

/// Logs how jobs end: failures as warnings, the rest at debug level. Parameters are never logged.
public struct LoggingMiddleware: JobMiddleware {
  private let logger: Logger

  /// Middleware that logs to `logger`.
  public init(logger: Logger = Logger(label: "martlet.jobs")) { self.logger = logger }

  /// Logs the end of the job: an error for a dead job, a warning for a failed attempt, else info or debug.
  public func run(_ job: JobInfo, next: () async throws -> Void) async throws {
    let isDebugging = logger.logLevel <= .debug
    let start = isDebugging ? ContinuousClock.now : nil
    do {
      try await next()
      guard let start else { return }
      var metadata = metadata(job, .succeeded)
      metadata["seconds"] = "\((ContinuousClock.now - start).seconds)"
      logger.debug("Job done", metadata: metadata)
    } catch {
      let outcome = JobOutcome(error, isLastAttempt: job.isLastAttempt)
      var metadata = metadata(job, outcome)
      metadata["error"] = "\(error)"
      switch outcome {
      case .dead: logger.error("Job failed for good", metadata: metadata)
      case .retried, .timedOut: logger.warning("Job failed", metadata: metadata)
      case .succeeded, .cancelled, .superseded, .released:
        logger.info("Job stopped", metadata: metadata)
      }
      throw error
    }
  }

  private func metadata(_ job: JobInfo, _ outcome: JobOutcome) -> Logger.Metadata {
    [
      "job": "\(job.id)", "name": "\(job.name)", "queue": "\(job.queue)",
      "attempt": "\(job.attempt)", "outcome": "\(outcome.rawValue)",
    ]
  }
}

/// Counts jobs by outcome (`martlet_jobs_total`) and measures handlers (`martlet_job_seconds`).
public final class MetricsMiddleware: JobMiddleware {
  private struct Key: Hashable {
    let queue: String
    let name: String
  }
  private struct Meters {
    let timer: Metrics.Timer
    let counters: [JobOutcome: Counter]
  }
  private let meters = Mutex<[Key: Meters]>([:])

  /// Middleware that reports to the metrics system of the process.
  public init() {}

  /// Counts the jobs by outcome and records the handler's duration.
  public func run(_ job: JobInfo, next: () async throws -> Void) async throws {
    let meters = meters(of: job)
    let start = ContinuousClock.now
    var outcome = JobOutcome.succeeded
    defer {
      meters.timer.recordNanoseconds((ContinuousClock.now - start).nanoseconds)
      meters.counters[outcome]?.increment(by: job.count)
    }
    do {
      try await next()
    } catch {
      outcome = JobOutcome(error, isLastAttempt: job.isLastAttempt)
      throw error
    }
  }

  private func meters(of job: JobInfo) -> Meters {
    let key = Key(queue: job.queue, name: job.name)
    return meters.withLock { meters in
      if let known = meters[key] { return known }
      let dimensions = [("queue", job.queue), ("job", job.name)]
      let made = Meters(
        timer: Metrics.Timer(
          label: "martlet_job_seconds", dimensions: dimensions, preferredDisplayUnit: .seconds),
        counters: Dictionary(
          uniqueKeysWithValues: JobOutcome.allCases.map {
            (
              $0,
              Counter(
                label: "martlet_jobs_total", dimensions: dimensions + [("outcome", $0.rawValue)])
            )
          }))
      meters[key] = made
      return made
    }
  }
}

/// Puts a span of swift-distributed-tracing around every job.
public struct TracingMiddleware: JobMiddleware {
  /// Middleware that uses the tracer of the process.
  public init() {}

  /// Runs the job inside a span named `job` followed by the job's name.
  public func run(_ job: JobInfo, next: () async throws -> Void) async throws {
    try await withSpan("job \(job.name)", ofKind: .consumer) { span in
      span.attributes["messaging.system"] = "martlet"
      span.attributes["messaging.destination.name"] = job.queue
      span.attributes["messaging.message.id"] = job.id.description
      span.attributes["martlet.job.attempt"] = job.attempt
      span.attributes["messaging.batch.message_count"] = job.count
      try await next()
    }
  }
}
