public import Foundation

/// The options of one enqueued job beside its parameters.
public struct EnqueueOptions: Sendable {
  /// The earliest start; nil for at once.
  public var runAt: Date?
  /// The group of the job, such as an import or a tenant; groups share the queue fairly. Jobs without one, in a queue
  /// without limits, go straight to the workers.
  public var group: String?
  /// The maximum number of jobs of the group that run at once, at least 1; nil leaves it to the queue.
  public var groupLimit: Int?
  /// The group's share relative to the others, above 0.
  public var groupWeight: Double
  /// A key that makes the job unique: while a job of the same name with this key is queued or runs, another is not
  /// added.
  public var uniqueKey: String?
  /// The open batch that the job joins (durable jobs only).
  public var batch: BatchID?
  /// The subject of the job, by which it can be found.
  public var object: JobSubject?
  /// The user on whose behalf it runs.
  public var createdBy: Int64?

  /// Options for a job that starts at once, without group or key unless given.
  public init(
    runAt: Date? = nil, group: String? = nil, groupLimit: Int? = nil, groupWeight: Double = 1,
    uniqueKey: String? = nil, batch: BatchID? = nil, object: JobSubject? = nil,
    createdBy: Int64? = nil
  ) {
    self.runAt = runAt
    self.group = group
    self.groupLimit = groupLimit
    self.groupWeight = groupWeight
    self.uniqueKey = uniqueKey
    self.batch = batch
    self.object = object
    self.createdBy = createdBy
  }
}

/// The subject of a job: a record of the product.
public struct JobSubject: Sendable, Hashable, Codable {
  /// The type of the record, such as `import`.
  public var type: String
  /// The record's id.
  public var id: Int64

  /// The record of a type with an id.
  public init(type: String, id: Int64) {
    self.type = type
    self.id = id
  }
}
