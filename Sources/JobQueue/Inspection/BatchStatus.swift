public import Foundation

/// How a batch stands.
public struct BatchStatus: Sendable, Codable {
  /// The batch.
  public var id: BatchID
  /// How many jobs it has.
  public var total: Int
  /// How many have not ended.
  public var remaining: Int
  /// How many died or were cancelled.
  public var failed: Int
  /// When it was opened.
  public var createdAt: Date
  /// When its last job ended.
  public var endedAt: Date?
}
