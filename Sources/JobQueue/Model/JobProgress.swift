/// The progress of a job.
public struct JobProgress: Sendable, Hashable, Codable {
  /// The units done, in the job's own unit (rows, recipients).
  public var done: Int64
  /// The units to be done in all, where known.
  public var total: Int64?

  /// Progress in the job's own unit.
  public init(done: Int64, total: Int64? = nil) {
    self.done = done
    self.total = total
  }

  /// The share done, 0 to 100, where the total is known.
  public var percent: Double? {
    guard let total, total > 0 else { return nil }
    return min(100, Double(done) / Double(total) * 100)
  }
}
