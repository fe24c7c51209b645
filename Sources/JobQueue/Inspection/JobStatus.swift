public import Foundation

/// The status of one job.
public struct JobStatus: Sendable, Codable {
  /// The states of a job, as `docs/jobs.md` describes them.
  public enum State: String, Sendable, Codable, CaseIterable {
    /// The job waits for a worker.
    case queued
    /// The job is not due yet, or the pause before its retry is not over.
    case scheduled
    /// A worker has the job.
    case running
    /// The job is done; only in the history.
    case succeeded
    /// The job was dead and purged; only in the history.
    case failed
    /// The job is out of attempts, kept for inspection and retry.
    case dead
    /// The job was cancelled; only in the history.
    case cancelled
  }

  /// The job's id.
  public var id: JobID
  /// The name of the job's kind, such as `import.part`.
  public var name: String
  /// The queue's name.
  public var queue: String
  /// The job's state at the time of the query.
  public var state: State
  /// The record that the job is about.
  public var object: JobSubject?
  /// The attempts that failed.
  public var attempts: Int
  /// The failures after which the job is dead; 0 where it is not known.
  public var maxAttempts: Int
  /// The share of the job's group relative to other groups; nil where it is not known.
  public var groupWeight: Double?
  /// The progress that the handler reported.
  public var progress: JobProgress?
  /// The result that the handler set, as JSON.
  public var result: String?
  /// The error of the last failed attempt.
  public var error: String?
  /// The instant of the last error.
  public var errorAt: Date?
  /// The job's unique key among those of its kind.
  public var uniqueKey: String?
  /// The user on whose behalf the job runs.
  public var createdBy: Int64?
  /// The instant of enqueuing.
  public var createdAt: Date
  /// The earliest start; nil for at once.
  public var availableAt: Date?
  /// The start of the current attempt, or of the last.
  public var startedAt: Date?
  /// The instant at which the job ended.
  public var endedAt: Date?

  /// The names in the API.
  private enum CodingKeys: String, CodingKey {
    case id, queue, state, object, attempts, maxAttempts, progress, result, error, errorAt
    case groupWeight = "laneWeight"
    case uniqueKey, createdBy, createdAt, availableAt, startedAt, endedAt
    case name = "type"
  }
}

/// A filter of jobs. Nil means any.
public struct JobFilter: Sendable, Codable {
  /// The name of the jobs' kind.
  public var name: String?
  /// The queue's name.
  public var queue: String?
  /// The jobs' state.
  public var state: JobStatus.State?
  /// The type of the record that the jobs are about.
  public var objectType: String?
  /// The id of the record that the jobs are about.
  public var objectID: Int64?
  /// The user on whose behalf the job runs.
  public var createdBy: Int64?
  /// The jobs' unique key.
  public var uniqueKey: String?
  /// A part of the last error, whatever its case.
  public var error: String?
  /// The jobs' error without its numbers, as ``DeadGroup`` has it.
  public var errorGroup: String?
  /// The last job of the previous page; only older ones are listed.
  public var before: JobID?
  /// The number of jobs to skip.
  public var start: Int
  /// The maximum number of jobs to list, up to 1000.
  public var limit: Int

  /// A filter that finds all jobs unless narrowed, 30 at a time.
  public init(
    name: String? = nil, queue: String? = nil, state: JobStatus.State? = nil,
    objectType: String? = nil, objectID: Int64? = nil, createdBy: Int64? = nil,
    uniqueKey: String? = nil, error: String? = nil, errorGroup: String? = nil,
    before: JobID? = nil, start: Int = 0, limit: Int = 30
  ) {
    self.name = name
    self.queue = queue
    self.state = state
    self.objectType = objectType
    self.objectID = objectID
    self.createdBy = createdBy
    self.uniqueKey = uniqueKey
    self.error = error
    self.errorGroup = errorGroup
    self.before = before
    self.start = start
    self.limit = limit
  }
}
