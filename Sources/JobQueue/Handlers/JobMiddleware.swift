/// The description of a job for middleware.
public struct JobInfo: Sendable {
  /// The job's id; the first job's where a handler takes several.
  public let id: JobID
  /// The name of the job's kind, such as `import.part`.
  public let name: String
  /// The name of the job's queue.
  public let queue: String
  /// The number of this attempt, from 1.
  public let attempt: Int
  /// Whether the job is dead if this attempt fails.
  public let isLastAttempt: Bool
  /// The number of jobs that the handler takes at once.
  public let count: Int
}

/// A wrapper around every job, for logging, metrics or tracing.
public protocol JobMiddleware: Sendable {
  /// Runs `next`, which runs the job, and rethrows its error.
  func run(_ job: JobInfo, next: () async throws -> Void) async throws
}

/// The end of an attempt, as metrics and logs name it.
public enum JobOutcome: String, Sendable, CaseIterable {
  /// The handler returned.
  case succeeded
  /// The attempt failed, and another follows.
  case retried
  /// The job failed permanently.
  case dead
  /// The job was cancelled.
  case cancelled
  /// The attempt exceeded the job's timeout and failed.
  case timedOut = "timed_out"
  /// Another worker has taken over or finished the job.
  case superseded
  /// The job went back untried: the worker shuts down, or a server is out of reach.
  case released

  /// The outcome of an error that left the handler.
  public init(_ error: any Error, isLastAttempt: Bool) {
    switch error {
    case is JobSuperseded: self = .superseded
    case is PermanentJobFailure: self = .dead
    case let reason as JobCancellation:
      switch reason {
      case .cancelled: self = .cancelled
      case .timeout: self = .timedOut
      case .leaseLost: self = .superseded
      case .shutdown: self = .released
      }
    default:
      if BackendUnavailable(error) != nil {
        self = .released
      } else {
        self = isLastAttempt ? .dead : .retried
      }
    }
  }
}
