/// What middleware knows of a job.
public struct JobInfo: Sendable {
  /// The job; the first one where a handler takes many.
  public let id: JobID
  /// Its name.
  public let name: String
  /// Its queue.
  public let queue: String
  /// Which attempt this is, from 1.
  public let attempt: Int
  /// Whether the job will be dead if this attempt fails.
  public let isLastAttempt: Bool
  /// How many jobs the handler takes at once.
  public let count: Int
}

/// Something around every job: logging, metrics, tracing.
public protocol JobMiddleware: Sendable {
  /// Does its part before and after `next`, which does the job, and lets its error through.
  func run(_ job: JobInfo, next: () async throws -> Void) async throws
}

/// How an attempt ended, as metrics and logs name it.
public enum JobOutcome: String, Sendable, CaseIterable {
  /// Done.
  case succeeded
  /// Failed, and to be tried again.
  case retried
  /// Failed for good.
  case dead
  /// Stopped because somebody cancelled it.
  case cancelled
  /// Took longer than it may, and failed by that.
  case timedOut = "timed_out"
  /// Another worker has taken over or finished the job.
  case superseded
  /// Handed back untried: the worker shuts down, or a server is out of reach.
  case released

  /// What an error that left the handler means for the job.
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
