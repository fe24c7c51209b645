/// A queue that a worker serves.
public struct WorkerQueue: Sendable, Hashable {
  /// The queue's name.
  public var name: String
  /// Its share among the queues with a weight. A queue without one goes before all with one, and before those that
  /// are listed after it.
  public var weight: Double?

  /// A queue with a share of 1 unless told otherwise; nil for strict priority.
  public init(_ name: String, weight: Double? = 1) {
    self.name = name
    self.weight = weight.map { max(0.001, $0) }
  }
}

/// A worker's queues, concurrency and times.
public struct WorkerConfiguration: Sendable {
  /// The lease time of workers and schedulers, 6 s, unless a configuration says otherwise.
  public static let standardLeaseTime = Reaper.standardLeaseTime

  /// The queues it serves.
  public var queues: [WorkerQueue]
  /// The number of handlers that run at once.
  public var concurrency: Int
  /// The time that a graceful shutdown gives handlers before it gives their jobs back.
  public var drainTimeout: Duration
  /// The time without a heartbeat after which others take the worker's jobs over.
  public var leaseTime: Duration
  /// The time between heartbeats; a fraction of ``leaseTime``.
  public var heartbeatInterval: Duration
  /// The number of worker crashes after which a job that was under way in all of them is dead.
  public var crashLimit: Int
  /// The time for which a former holder of a job may block the current one.
  var evictionGrace = EvictionGrace()
  /// The time between searches for entries that were handed out and never arrived. Every failure is followed by a
  /// search as well.
  var recoveryInterval = Duration.seconds(10)

  /// A worker of `queues`, with leases of 6 s and heartbeats every 1.5 s.
  public init(
    queues: [WorkerQueue], concurrency: Int = 4, drainTimeout: Duration = .seconds(25),
    leaseTime: Duration = standardLeaseTime, heartbeatInterval: Duration = .milliseconds(1500),
    crashLimit: Int = 3
  ) {
    self.queues = queues
    self.concurrency = max(1, concurrency)
    self.drainTimeout = drainTimeout
    self.leaseTime = leaseTime
    self.heartbeatInterval = heartbeatInterval
    self.crashLimit = max(1, crashLimit)
  }
}
