public import Foundation

/// What can be seen of one job.
public struct JobStatus: Sendable, Codable {
  /// Where a job stands.
  public enum State: String, Sendable, Codable, CaseIterable {
    /// Waits for a worker.
    case queued
    /// Waits for its time, a retry's pause included.
    case scheduled
    /// In a worker's hands.
    case running
    /// Done (only with history).
    case succeeded
    /// Gave up (only in history).
    case failed
    /// Out of attempts, kept for inspection and retry.
    case dead
    /// Cancelled (only with history).
    case cancelled
  }

  /// The job.
  public var id: JobID
  /// Its name.
  public var name: String
  /// Its queue.
  public var queue: String
  /// Where it stands.
  public var state: State
  /// What it is about.
  public var object: JobSubject?
  /// Attempts begun and ended without success.
  public var attempts: Int
  /// Attempts after which it is dead.
  public var maxAttempts: Int
  /// How much more often its lane is dealt from than another's; nil where it is not known.
  public var laneWeight: Double?
  /// How far it has come.
  public var progress: JobProgress?
  /// What it left, as JSON.
  public var result: String?
  /// The last error.
  public var error: String?
  /// When the last error came.
  public var errorAt: Date?
  /// The key that makes it the only one of its kind.
  public var uniqueKey: String?
  /// On whose behalf it runs.
  public var createdBy: Int64?
  /// When it was enqueued.
  public var createdAt: Date
  /// Not before then.
  public var availableAt: Date?
  /// When the present attempt began, or the last.
  public var startedAt: Date?
  /// When it ended.
  public var endedAt: Date?

  /// The name is the `type`, as in the API.
  private enum CodingKeys: String, CodingKey {
    case id, queue, state, object, attempts, maxAttempts, laneWeight, progress, result, error,
      errorAt
    case uniqueKey, createdBy, createdAt, availableAt, startedAt, endedAt
    case name = "type"
  }
}

/// Which jobs to list. Nil means any.
public struct JobFilter: Sendable {
  /// The job's name.
  public var name: String?
  /// Its queue.
  public var queue: String?
  /// Where it stands.
  public var state: JobStatus.State?
  /// The type of what it is about.
  public var objectType: String?
  /// The id of what it is about.
  public var objectID: Int64?
  /// On whose behalf it runs.
  public var createdBy: Int64?
  /// Only jobs older than this one: where the page before ended.
  public var before: JobID?
  /// How many to skip.
  public var start: Int
  /// How many to give at most.
  public var limit: Int

  /// All jobs, newest first, 30 at a time.
  public init(
    name: String? = nil, queue: String? = nil, state: JobStatus.State? = nil,
    objectType: String? = nil, objectID: Int64? = nil, createdBy: Int64? = nil,
    before: JobID? = nil, start: Int = 0, limit: Int = 30
  ) {
    self.name = name
    self.queue = queue
    self.state = state
    self.objectType = objectType
    self.objectID = objectID
    self.createdBy = createdBy
    self.before = before
    self.start = start
    self.limit = limit
  }
}
