/// What an operator sees of a queue.
public struct QueueStatus: Sendable, Codable {
  /// The queue.
  public var name: String
  /// Jobs that wait for a worker: at the door or in lanes.
  public var depth: Int
  /// Jobs in workers' hands.
  public var running: Int
  /// Jobs that wait for their time, retries among them.
  public var scheduled: Int
  /// Jobs out of attempts.
  public var dead: Int
  /// Jobs of kinds that no worker knew; they wait for a newer one.
  public var unknown: Int
  /// Age of the oldest job that waits for a worker; nil when none does.
  public var oldestAgeSeconds: Double?
  /// Jobs ended per minute, lately.
  public var throughputPerMinute: Double
  /// Workers that serve the queue.
  public var workers: Int
  /// Whether workers leave it alone.
  public var isPaused: Bool
  /// Its limits.
  public var limits: QueueLimits
  /// Retries among the scheduled, and scheduled jobs that are due: for ``JobClient/isIdle()``.
  var retrying = 0
  var due = 0
  var enqueued = 0

  /// As the API names them; the figures for idleness are nobody else's.
  private enum CodingKeys: String, CodingKey {
    case name, depth, running, scheduled, dead, unknown, oldestAgeSeconds, throughputPerMinute
    case workers, limits
    case isPaused = "paused"
  }
}
