/// An error of a handler for which another attempt cannot help: the job is dead at once.
public struct PermanentJobFailure: Error, Sendable, CustomStringConvertible {
  /// The reason, in words for the operator; never the job's parameters.
  public var reason: String

  /// A permanent failure with a reason.
  public init(_ reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}

/// A handler's error that sets the pause before the next attempt. Counts as an attempt.
public struct RetryJob: Error, Sendable, CustomStringConvertible {
  /// The pause before the next attempt.
  public var delay: Duration
  /// The reason, in words for the operator.
  public var reason: String

  /// A request for another attempt after `delay`.
  public init(after delay: Duration, _ reason: String) {
    self.delay = delay
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}

/// The error of ``JobContext`` for a job that is no longer this worker's: it was taken over, completed or cancelled.
/// Nothing of the transaction was applied. Handlers rethrow it.
public struct JobSuperseded: Error, Sendable, CustomStringConvertible {
  /// The job's id.
  public var id: JobID

  /// The error in words, with ids but without parameters.
  public var description: String { "job \(id) is no longer held by this worker" }
}

/// The reason for which a handler is told to stop.
public enum JobCancellation: String, Error, Sendable, CustomStringConvertible {
  /// The job was cancelled.
  case cancelled
  /// The attempt exceeded the timeout of the job's options.
  case timeout
  /// The worker's lease ran out (it was stopped or cut off); another worker holds the job.
  case leaseLost
  /// The worker shuts down and gives the job back.
  case shutdown

  /// The error in words, with ids but without parameters.
  public var description: String {
    switch self {
    case .cancelled: "the job was cancelled"
    case .timeout: "the job took longer than it may"
    case .leaseLost: "the worker's lease was lost"
    case .shutdown: "the worker is shutting down"
    }
  }
}

/// The error of a queue at its bound: nothing was enqueued; the caller may try again later.
public struct QueueFull: Error, Sendable, CustomStringConvertible {
  /// The queue's name.
  public var queue: String
  /// The jobs in the queue.
  public var depth: Int
  /// The maximum number of jobs that the queue may hold.
  public var bound: Int

  /// The error in words, with ids but without parameters.
  public var description: String { "queue \(queue) is full: \(depth) of \(bound)" }
}

/// The error of an operation on a job that is not possible.
public enum JobError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No such job is known.
  case notFound(JobID)
  /// The job is in a state that does not allow it, or another with its unique key is queued.
  case conflict(JobID, String)
  /// The batch has ended or does not exist.
  case batchClosed(String)
  /// An entry of the queue has no readable header.
  case malformed(String)

  /// The error in words, with ids but without parameters.
  public var description: String {
    switch self {
    case .notFound(let id): "job \(id) is not known"
    case .conflict(let id, let why): "job \(id): \(why)"
    case .batchClosed(let id): "batch \(id) has ended"
    case .malformed(let why): "unreadable queue entry: \(why)"
    }
  }
}
