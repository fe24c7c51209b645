/// The limits of one queue, the same for all workers. They live in PostgreSQL and are laid into
/// Redis, so they survive its loss.
public struct QueueLimits: Sendable, Codable, Equatable {
  /// How many of the queue's jobs may be under way at once, over all workers.
  public var concurrency: Int?
  /// How many jobs of one lane may be under way at once, where the job does not say itself.
  public var laneConcurrency: Int?
  /// How many jobs may start per second.
  public var ratePerSecond: Double?
  /// How many may start at once after a rest; the rate, at least 1, by default.
  public var burst: Double?
  /// How many jobs may wait or run before enqueuing answers ``QueueFull``.
  public var bound: Int?
  /// How many jobs from lanes may wait at the workers' door at once: small keeps the order fair,
  /// large keeps workers busy. 256 by default.
  public var window: Int?

  /// No limits unless told.
  public init(
    concurrency: Int? = nil, laneConcurrency: Int? = nil, ratePerSecond: Double? = nil,
    burst: Double? = nil, bound: Int? = nil, window: Int? = nil
  ) {
    self.concurrency = concurrency
    self.laneConcurrency = laneConcurrency
    self.ratePerSecond = ratePerSecond
    self.burst = burst
    self.bound = bound
    self.window = window
  }

  /// The fields of the queue's `config` hash in Redis.
  var fields: [(String, String)] {
    var fields: [(String, String)] = []
    if let concurrency { fields.append(("limit", "\(max(1, concurrency))")) }
    if let laneConcurrency { fields.append(("lane_limit", "\(max(1, laneConcurrency))")) }
    if let ratePerSecond, ratePerSecond > 0 { fields.append(("rate", "\(ratePerSecond)")) }
    if let burst { fields.append(("burst", "\(max(1, burst))")) }
    if let bound { fields.append(("bound", "\(max(0, bound))")) }
    if let window { fields.append(("window", "\(max(1, window))")) }
    return fields
  }
}
