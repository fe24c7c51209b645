public import Foundation

/// What may be said about one enqueued job beside its parameters.
public struct EnqueueOptions: Sendable {
  /// Not before this instant; nil is at once.
  public var runAt: Date?
  /// The key among whose jobs and those of other keys the queue is shared fairly: an import, a
  /// tenant. Nil jobs of a queue without limits go straight to the workers.
  public var lane: String?
  /// How many jobs of the lane may be under way at once, at least 1; nil leaves it to the queue.
  public var laneLimit: Int?
  /// The lane's share relative to the others, above 0.
  public var laneWeight: Double
  /// While a job of the same name with this key is queued or runs, another is not added.
  public var uniqueKey: String?
  /// The open batch that the job joins (durable jobs only).
  public var batch: BatchID?
  /// What the job is about, so that it can be found from there: a type such as `import`, an id.
  public var object: JobSubject?
  /// The user on whose behalf it runs.
  public var createdBy: Int64?

  /// A job for now, without lane or key, unless told otherwise.
  public init(
    runAt: Date? = nil, lane: String? = nil, laneLimit: Int? = nil, laneWeight: Double = 1,
    uniqueKey: String? = nil, batch: BatchID? = nil, object: JobSubject? = nil,
    createdBy: Int64? = nil
  ) {
    self.runAt = runAt
    self.lane = lane
    self.laneLimit = laneLimit
    self.laneWeight = laneWeight
    self.uniqueKey = uniqueKey
    self.batch = batch
    self.object = object
    self.createdBy = createdBy
  }
}

/// What a job is about.
public struct JobSubject: Sendable, Hashable, Codable {
  /// The kind of thing, such as `import`.
  public var type: String
  /// Its id.
  public var id: Int64

  /// Names a thing.
  public init(type: String, id: Int64) {
    self.type = type
    self.id = id
  }
}
