public import Foundation

/// The status of a batch.
public struct BatchStatus: Sendable, Codable {
  /// The batch's id.
  public var id: BatchID
  /// The number of jobs, those that joined later included.
  public var total: Int
  /// The number of jobs that have not ended.
  public var remaining: Int
  /// The number of jobs that died or were cancelled.
  public var failed: Int
  /// The instant at which the batch was opened.
  public var createdAt: Date
  /// The instant at which the last job ended.
  public var endedAt: Date?
}
