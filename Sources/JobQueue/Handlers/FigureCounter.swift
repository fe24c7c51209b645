import Primitives
import Synchronization

/// Counts what a worker's jobs do, for ``JobClient/figures(_:)``, until it is written.
final class FigureCounter: JobMiddleware {
  typealias Counts = [JobFigureField.Key: [JobFigureField.Measure: Int]]

  private let counts = Mutex<Counts>([:])

  func run(_ job: JobInfo, next: () async throws -> Void) async throws {
    let start = ContinuousClock.now
    do {
      try await next()
      count(job, .succeeded, start)
    } catch {
      count(job, JobOutcome(error, isLastAttempt: job.isLastAttempt), start)
      throw error
    }
  }

  private func count(_ job: JobInfo, _ outcome: JobOutcome, _ start: ContinuousClock.Instant) {
    let milliseconds = (ContinuousClock.now - start).seconds * 1000
    let key = JobFigureField.Key(queue: job.queue, name: job.name)
    counts.withLock { counts in
      switch outcome {
      case .succeeded: counts[key, default: [:]][.done, default: 0] += job.count
      case .retried, .dead, .timedOut: counts[key, default: [:]][.failed, default: 0] += job.count
      // Jobs that ended elsewhere tell nothing of their kind.
      case .cancelled, .superseded, .released: return
      }
      counts[key, default: [:]][.runs, default: 0] += 1
      counts[key, default: [:]][.milliseconds, default: 0] += Int(milliseconds.rounded())
      counts[key, default: [:]][.length(JobFigures.bucket(of: milliseconds)), default: 0] += 1
    }
  }

  /// Takes what was counted since the last call.
  func take() -> Counts {
    counts.withLock { counts in
      defer { counts = [:] }
      return counts
    }
  }
}
