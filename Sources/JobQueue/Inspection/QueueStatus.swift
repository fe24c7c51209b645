/// The status of a queue for an operator.
public struct QueueStatus: Sendable, Codable {
  /// The queue's name.
  public var name: String
  /// The jobs that wait for a worker, dispatched or in groups.
  public var depth: Int
  /// The jobs that workers hold.
  public var running: Int
  /// The jobs that are not due yet, including retries.
  public var scheduled: Int
  /// The jobs out of attempts.
  public var dead: Int
  /// The jobs of kinds that no worker knew; they wait for a newer one.
  public var unknown: Int
  /// The age in seconds of the oldest job that waits for a worker; nil when none does.
  public var oldestAgeSeconds: Double?
  /// The jobs ended per minute in the last one to two minutes.
  public var throughputPerMinute: Double
  /// The number of workers that serve the queue.
  public var workers: Int
  /// Whether the queue is paused.
  public var isPaused: Bool
  /// The queue's limits.
  public var limits: QueueLimits
  // Retries among the scheduled, scheduled jobs that are due, and jobs ever enqueued: for `JobClient.isIdle()`.
  var retrying = 0
  var due = 0
  var enqueued = 0

  /// The names in the API, without the figures for `JobClient.isIdle()`.
  private enum CodingKeys: String, CodingKey {
    case name, depth, running, scheduled, dead, unknown, oldestAgeSeconds, throughputPerMinute
    case workers, limits
    case isPaused = "paused"
  }
}
