package import JobQueue
import Redis

/// The queue of tracking, and the parts in which hits wait: each is written by one worker at a time, so that the hits
/// of a contact are recorded in order (tracking.md 18).
package enum TrackingQueue {
  /// The queue's name.
  package static let name = "tracking"
  /// The number of parts. A change lets hits that wait meanwhile be found by the periodic job alone.
  static let parts = 8

  /// The part of a contact's hits, or of a device's as long as its contact is not known.
  static func part(contact: Int64?, device: String?) -> Int {
    if let contact { return Int(contact.magnitude % UInt64(parts)) }
    // FNV-1a: the same in every process.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in (device ?? "").utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return Int(hash % UInt64(parts))
  }
}

/// The keys of tracking in Redis, with the hash tag of its queue.
struct TrackingKeys: Sendable {
  /// The prefix of all keys of the installation.
  let prefix: String

  /// The stream of hits of a part that are not written yet.
  func hits(_ part: Int) -> RedisArgument {
    RedisArgument("\(prefix):{\(TrackingQueue.name)}:hits:\(part)")
  }
}

/// Records the hits of a part that wait.
struct RecordHits: TransientJob {
  static let name = "tracking.hits"
  static let queue = TrackingQueue.name

  var part: Int

  /// The options by which a part has one job at a time.
  static func options(_ part: Int) -> EnqueueOptions { EnqueueOptions(uniqueKey: "hits-\(part)") }
}

/// The periodic form: finds hits without a job, and those set aside that are due again.
struct ReconcileHits: DurableJob {
  static let name = "tracking.hits.look"
  static let queue = TrackingQueue.name
  static let options = JobOptions(maxAttempts: 2)
}
