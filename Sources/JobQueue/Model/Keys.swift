import Redis

/// The names of the keys in Redis.
///
/// All keys of a queue share one hash tag, so that a whole queue is on one node of a Redis Cluster.
/// Scripts get the prefix of the queue's keys as their only key and derive the rest.
struct Keys: Sendable {
  let prefix: String

  /// The prefix of all keys of a queue: `martlet:{imports}:`.
  func base(_ queue: String) -> String { "\(prefix):{\(queue)}:" }
  /// The jobs to run now.
  func ready(_ queue: String) -> String { base(queue) + "ready" }
  /// The stream that wakes schedulers: a job with an earlier due time was added.
  func wakeStream(_ queue: String) -> String { base(queue) + "bell" }
  /// The queues that exist.
  var queues: String { "\(prefix):queues" }
  /// The live workers by the time of their last heartbeat.
  var workers: String { "\(prefix):workers" }
  /// A worker's status.
  func worker(_ id: String) -> String { "\(prefix):worker:\(id)" }
  /// The control stream to all workers: cancellations and pauses.
  var control: String { "\(prefix):control" }
  /// The epoch, absent after Redis was emptied.
  var epoch: String { "\(prefix):epoch" }
  /// What jobs of each kind did in a slot of time, counted from 1970 in the slot's length.
  func figures(_ resolution: JobFigures.Resolution, _ slot: Int) -> String {
    "\(prefix):figures:\(resolution.rawValue):\(slot)"
  }
  /// A key that is written only to see whether Redis takes writes.
  var probe: String { "\(prefix):probe" }
  /// A mark that is gone if Redis was emptied during a rebuild. On the epoch's node.
  func epochMark(_ id: String) -> String { "{\(epoch)}:mark:\(id)" }

  /// The consumer group of every queue's `ready`.
  static let consumerGroup = "workers"
}
