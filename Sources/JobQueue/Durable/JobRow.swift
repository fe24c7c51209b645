import Foundation
import Postgres

/// The row of a durable job, also encoded as JSON in `job_batches.follow_up`.
struct JobRow: Sendable, Codable {
  /// The stored states. Redis knows whether a live job waits, runs or is scheduled.
  enum State: Int16 {
    case live = 0
    case dead = 2
  }

  var id: JobID
  var queue: String
  var name: String
  var version: Int
  var payload: String
  var attempt = 0
  var maxAttempts: Int
  var timeoutMilliseconds: Int
  var keepSeconds: Int?
  var runAt: Date?
  var group: String?
  var groupLimit: Int?
  var groupWeight = 1.0
  var uniqueKey: String?
  var batch: BatchID?
  var object: JobSubject?
  var createdBy: Int64?
  var createdAt: Date

  /// The stored names: a group is called `lane` there.
  private enum CodingKeys: String, CodingKey {
    case id, queue, name, version, payload, attempt, maxAttempts, timeoutMilliseconds, keepSeconds
    case runAt, uniqueKey, batch, object, createdBy, createdAt
    case group = "lane"
    case groupLimit = "laneLimit"
    case groupWeight = "laneWeight"
  }

  init<J: DurableJob>(_ job: J, id: JobID, payload: String, options: EnqueueOptions, now: Date) {
    self.id = id
    self.payload = payload
    queue = J.queue
    name = J.name
    version = J.version
    let kind = J.options
    maxAttempts = kind.maxAttempts
    timeoutMilliseconds = kind.timeout?.milliseconds ?? 0
    keepSeconds = kind.keep.map { Int($0.components.seconds) }
    runAt = options.runAt
    group = options.group
    groupLimit = options.groupLimit.map { max(1, $0) }
    groupWeight = options.groupWeight
    uniqueKey = options.uniqueKey
    batch = options.batch
    object = options.object
    createdBy = options.createdBy
    createdAt = now
  }

  /// The entry in Redis. The table guards uniqueness, so the entry has no key.
  func entry(repaired: Bool = false) -> QueueEntry {
    QueueEntry(
      attempt: attempt, group: QueueEntry.Group(key: group, limit: groupLimit, weight: groupWeight),
      id: id, name: name, version: version, maxAttempts: maxAttempts,
      timeoutMilliseconds: timeoutMilliseconds, isDurable: true, isRepaired: repaired,
      payload: Array(payload.utf8))
  }
}

extension JobRow {
  static let columns: SQL = """
    id, queue, name, version, payload, attempt, max_attempts, timeout_ms, keep_seconds, run_at, \
    lane, lane_limit, lane_weight, unique_key, batch_id, object_type, object_id, created_by, \
    created_at
    """

  init(_ row: PostgresRow) throws {
    id = try row.decode("id")
    queue = try row.decode("queue")
    name = try row.decode("name")
    version = try row.decode("version")
    payload = try row.decode("payload")
    attempt = try row.decode("attempt")
    maxAttempts = try row.decode("max_attempts")
    timeoutMilliseconds = try row.decode("timeout_ms")
    keepSeconds = try row.decode("keep_seconds")
    runAt = try row.decode("run_at")
    group = try row.decode("lane")
    groupLimit = try row.decode("lane_limit")
    groupWeight = try row.decode("lane_weight")
    uniqueKey = try row.decode("unique_key")
    batch = try row.decode("batch_id")
    let objectType: String? = try row.decode("object_type")
    let objectID: Int64? = try row.decode("object_id")
    if let objectType, let objectID { object = JobSubject(type: objectType, id: objectID) }
    createdBy = try row.decode("created_by")
    createdAt = try row.decode("created_at")
  }
}

extension QueueEntry.Group {
  init?(key: String?, limit: Int?, weight: Double) {
    guard let key, !key.isEmpty else { return nil }
    self.init(key: key, limit: limit.map { max(1, $0) }, weight: weight > 0 ? weight : 1)
  }
}
