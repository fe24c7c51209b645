import Redis

/// The names of the keys in Redis.
///
/// All keys of a queue share one hash tag, so that a queue lives whole on one node of a Redis
/// Cluster. Scripts get the queue's common beginning as their only key and derive the rest.
struct Keys: Sendable {
  let prefix: String

  /// The beginning of all keys of a queue: `martlet:{imports}:`.
  func base(_ queue: String) -> String { "\(prefix):{\(queue)}:" }
  /// The jobs to run now.
  func ready(_ queue: String) -> String { base(queue) + "ready" }
  /// Woken schedulers read it: an earlier due time was added.
  func bell(_ queue: String) -> String { base(queue) + "bell" }
  /// The queues that exist.
  var queues: String { "\(prefix):queues" }
  /// Who is alive: worker by last heartbeat.
  var workers: String { "\(prefix):workers" }
  /// What a worker says of itself.
  func worker(_ id: String) -> String { "\(prefix):worker:\(id)" }
  /// What all workers must hear: cancellations, pauses.
  var control: String { "\(prefix):control" }
  /// Absent when Redis was emptied.
  var epoch: String { "\(prefix):epoch" }
  /// Tells whether Redis was emptied while its contents were laid again. On the epoch's node.
  func epochMark(_ id: String) -> String { "{\(epoch)}:mark:\(id)" }

  /// The consumer group of every queue's `ready`.
  static let group = "workers"
}
