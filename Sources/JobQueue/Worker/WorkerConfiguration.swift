/// A queue that a worker serves.
public struct WorkerQueue: Sendable, Hashable {
  /// The queue.
  public var name: String
  /// Its share among the queues with a weight. A queue without one goes before all with one, and
  /// before those that are listed after it.
  public var weight: Double?

  /// A queue with a share of 1 unless told otherwise; nil for strict priority.
  public init(_ name: String, weight: Double? = 1) {
    self.name = name
    self.weight = weight.map { max(0.001, $0) }
  }
}

/// How a worker works.
public struct WorkerConfiguration: Sendable {
  /// The lease time of workers and schedulers unless a configuration says otherwise.
  public static let standardLeaseTime = Duration.seconds(6)

  /// The queues it serves.
  public var queues: [WorkerQueue]
  /// How many handlers run at once.
  public var concurrency: Int
  /// How long a graceful shutdown waits for handlers before it hands their jobs back.
  public var drainTimeout: Duration
  /// After this long without a heartbeat others take the worker's jobs over.
  public var leaseTime: Duration
  /// Time between heartbeats; a fraction of ``leaseTime``.
  public var heartbeatInterval: Duration
  /// A job that was under way in so many workers when they died is dead.
  public var poisonKills: Int
  /// How long a former holder of a job may stand in the way of the present one.
  var evictionGrace = EvictionGrace()
  /// Time between looks for entries that were handed out and never arrived; they are also looked
  /// for after every failure.
  var lookInterval = Duration.seconds(10)

  /// A worker of `queues`, with leases of 6 s and heartbeats every 1.5 s.
  public init(
    queues: [WorkerQueue], concurrency: Int = 4, drainTimeout: Duration = .seconds(25),
    leaseTime: Duration = standardLeaseTime, heartbeatInterval: Duration = .milliseconds(1500),
    poisonKills: Int = 3
  ) {
    self.queues = queues
    self.concurrency = max(1, concurrency)
    self.drainTimeout = drainTimeout
    self.leaseTime = leaseTime
    self.heartbeatInterval = heartbeatInterval
    self.poisonKills = max(1, poisonKills)
  }
}
