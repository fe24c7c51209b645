/// A piece of work: its parameters are the value's stored properties, kept as JSON.
///
/// A type conforms to ``DurableJob`` or ``TransientJob``, never to `Job` alone.
public protocol Job: Codable, Sendable {
  /// The name in the queue and in metrics, such as `import.part`. Never change it while jobs of
  /// that name may be queued.
  static var name: String { get }
  /// The name of the job's queue.
  static var queue: String { get }
  /// The version of the parameters, increased when older workers could not read them. A worker leaves a job of a newer
  /// version than its own to a newer worker. 1 by default.
  static var version: Int { get }
  /// The rules for attempts, timeout and history.
  static var options: JobOptions { get }
}

extension Job {
  /// The first version, 1.
  public static var version: Int { 1 }
  /// Ten attempts with growing pauses, no timeout, no history.
  public static var options: JobOptions { JobOptions() }
}

/// A job that is a row in PostgreSQL from its enqueuer's transaction to the transaction of its effect: it survives the loss of every worker and of Redis.
public protocol DurableJob: Job {}

/// A job that lives in Redis alone: work that is safe to lose because something else repeats it.
public protocol TransientJob: Job {}

/// The rules for attempts, timeout and history of one kind of job.
public struct JobOptions: Sendable {
  /// The failures after which the job is dead, at least 1.
  public var maxAttempts: Int
  /// The time limit of one attempt, after which its task is cancelled and the attempt counts as failed. Nil for no
  /// limit.
  public var timeout: Duration?
  /// The pauses between attempts.
  public var retry: RetryPolicy
  /// The time for which the history keeps a durable job that has ended; nil keeps nothing.
  public var keep: Duration?

  /// Ten attempts with growing pauses, no timeout and no history unless given.
  public init(
    maxAttempts: Int = 10, timeout: Duration? = nil, retry: RetryPolicy = .exponential(),
    keep: Duration? = nil
  ) {
    self.maxAttempts = max(1, maxAttempts)
    self.timeout = timeout
    self.retry = retry
    self.keep = keep
  }
}
