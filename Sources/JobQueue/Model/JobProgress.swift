/// The progress of a job.
public struct JobProgress: Sendable, Hashable, Codable {
  /// The number of units done, such as rows or recipients.
  public var done: Int64
  /// The total number of units, if known.
  public var total: Int64?

  /// Progress in the job's own unit.
  public init(done: Int64, total: Int64? = nil) {
    self.done = done
    self.total = total
  }

  /// The percentage done, 0 to 100; nil without a total.
  public var percent: Double? {
    guard let total, total > 0 else { return nil }
    return min(100, Double(done) / Double(total) * 100)
  }
}
