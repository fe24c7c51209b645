import Synchronization

/// Memory for matching that is used again.
final class MatchMemoryPool: Sendable {
  /// The number that is kept; more may be in use.
  private static let limit = 16
  private let free = Mutex<[MatchMemory]>([])

  /// Runs a closure with memory for one text.
  func with<Result>(
    _ body: (MatchMemory) throws(AgentDataError) -> Result
  ) throws(AgentDataError) -> Result {
    let kept = free.withLock { $0.popLast() }
    let memory: MatchMemory
    if let kept { memory = kept } else { memory = try MatchMemory() }
    memory.begin()
    defer {
      free.withLock { if $0.count < Self.limit { $0.append(memory) } }
    }
    return try body(memory)
  }
}
