/// Thrown by a handler: trying again cannot help, the job is dead at once.
public struct PermanentJobFailure: Error, Sendable, CustomStringConvertible {
  /// Why, in words for the operator. Never the job's parameters.
  public var reason: String

  /// Gives up on the job.
  public init(_ reason: String) { self.reason = reason }

  /// The reason.
  public var description: String { reason }
}

/// Thrown by a handler: try again after a pause of its own choosing. Counts as an attempt.
public struct RetryJob: Error, Sendable, CustomStringConvertible {
  /// The pause.
  public var delay: Duration
  /// Why, in words for the operator.
  public var reason: String

  /// Asks for another attempt after `delay`.
  public init(after delay: Duration, _ reason: String) {
    self.delay = delay
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}

/// Thrown by ``JobContext``: the job is no longer this worker's. Somebody else took it over,
/// completed or cancelled it; nothing of the transaction was applied. Let it through.
public struct JobSuperseded: Error, Sendable, CustomStringConvertible {
  /// The job.
  public var id: JobID

  /// In words.
  public var description: String { "job \(id) is no longer held by this worker" }
}

/// Why a handler was told to stop.
public enum JobCancellation: String, Error, Sendable, CustomStringConvertible {
  /// Somebody cancelled the job.
  case cancelled
  /// It took longer than its options allow.
  case timeout
  /// The worker's lease ran out (it was stopped or cut off); others hold the job now.
  case leaseLost
  /// The worker is going away and hands the job back.
  case shutdown

  /// In words.
  public var description: String {
    switch self {
    case .cancelled: "the job was cancelled"
    case .timeout: "the job took longer than it may"
    case .leaseLost: "the worker's lease was lost"
    case .shutdown: "the worker is shutting down"
    }
  }
}

/// The queue holds as many jobs as it may; nothing was enqueued. Try again later.
public struct QueueFull: Error, Sendable, CustomStringConvertible {
  /// The queue.
  public var queue: String
  /// How many jobs it holds.
  public var depth: Int
  /// How many it may hold.
  public var bound: Int

  /// In words.
  public var description: String { "queue \(queue) is full: \(depth) of \(bound)" }
}

/// What an operator asked of a job cannot be done.
public enum JobError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No such job is known.
  case notFound(JobID)
  /// The job is in a state that does not allow it, or another with its unique key is queued.
  case conflict(JobID, String)
  /// The batch has ended, or never was.
  case batchClosed(String)
  /// An entry of the queue that cannot be read.
  case malformed(String)

  /// In words.
  public var description: String {
    switch self {
    case .notFound(let id): "job \(id) is not known"
    case .conflict(let id, let why): "job \(id): \(why)"
    case .batchClosed(let id): "batch \(id) has ended"
    case .malformed(let why): "unreadable queue entry: \(why)"
    }
  }
}
