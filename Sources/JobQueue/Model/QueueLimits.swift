/// The limits of one queue, the same for all workers. They are stored in PostgreSQL and copied to Redis, so they survive
/// its loss. Nil means no limit.
public struct QueueLimits: Sendable, Codable, Equatable {
  /// The maximum number of jobs of the queue that run at once, over all workers.
  public var concurrency: Int?
  /// The maximum number of jobs of one group that run at once, for jobs without a limit of their own.
  public var groupConcurrency: Int?
  /// The maximum number of jobs that start per second.
  public var ratePerSecond: Double?
  /// The maximum number of jobs that start at once after a rest; the rate, at least 1, by default.
  public var burst: Double?
  /// The maximum number of jobs that wait or run before enqueuing throws ``QueueFull``.
  public var bound: Int?
  /// The maximum number of jobs dispatched from groups that wait for a worker at once: a small window keeps the order
  /// fair, a large one keeps workers busy. 256 by default.
  public var window: Int?

  /// No limits unless given.
  public init(
    concurrency: Int? = nil, groupConcurrency: Int? = nil, ratePerSecond: Double? = nil,
    burst: Double? = nil, bound: Int? = nil, window: Int? = nil
  ) {
    self.concurrency = concurrency
    self.groupConcurrency = groupConcurrency
    self.ratePerSecond = ratePerSecond
    self.burst = burst
    self.bound = bound
    self.window = window
  }

  /// The stored names: a group is called `lane` there.
  private enum CodingKeys: String, CodingKey {
    case concurrency, ratePerSecond, burst, bound, window
    case groupConcurrency = "laneConcurrency"
  }

  /// The fields of the queue's `config` hash in Redis.
  var fields: [(String, String)] {
    var fields: [(String, String)] = []
    if let concurrency { fields.append(("limit", "\(max(1, concurrency))")) }
    if let groupConcurrency { fields.append(("lane_limit", "\(max(1, groupConcurrency))")) }
    if let ratePerSecond, ratePerSecond > 0 { fields.append(("rate", "\(ratePerSecond)")) }
    if let burst { fields.append(("burst", "\(max(1, burst))")) }
    if let bound { fields.append(("bound", "\(max(0, bound))")) }
    if let window { fields.append(("window", "\(max(1, window))")) }
    return fields
  }
}
