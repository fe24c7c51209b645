/// A piece of work: its parameters are the value's stored properties, kept as JSON.
///
/// A type conforms to ``DurableJob`` or ``TransientJob``, never to `Job` alone.
public protocol Job: Codable, Sendable {
  /// The name in the queue and in metrics, such as `import.part`. Never change it while jobs of
  /// that name may be queued.
  static var name: String { get }
  /// The queue it goes to.
  static var queue: String { get }
  /// Grows when older workers could not read the parameters any more. A worker leaves a job
  /// whose version is newer than its own for a newer worker. 1 by default.
  static var version: Int { get }
  /// How it is tried, timed out and remembered.
  static var options: JobOptions { get }
}

extension Job {
  /// 1.
  public static var version: Int { 1 }
  /// Ten attempts with growing pauses, no timeout, no history.
  public static var options: JobOptions { JobOptions() }
}

/// A job that is a row in PostgreSQL from its enqueuer's transaction until the transaction of
/// its effect: it survives the loss of every worker and of Redis.
public protocol DurableJob: Job {}

/// A job that lives in Redis alone: work that is safe to lose because something else repeats it.
public protocol TransientJob: Job {}

/// How jobs of one type are tried, timed out and remembered.
public struct JobOptions: Sendable {
  /// Failures after which the job is dead. At least 1.
  public var maxAttempts: Int
  /// How long one attempt may take; its task is cancelled then and the attempt counts as failed.
  public var timeout: Duration?
  /// The pauses between attempts.
  public var retry: RetryPolicy
  /// How long the history remembers a durable job that has ended; nil keeps nothing.
  public var keep: Duration?

  /// Ten attempts with growing pauses, no timeout and no history unless told otherwise.
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
