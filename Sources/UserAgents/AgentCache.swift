import Synchronization

/// What was read of the latest texts, at most a number of them.
///
/// Two generations: what is asked for moves to the young one; when that is full it becomes the old
/// one, and the old one goes.
final class AgentCache: Sendable {
  struct Key: Hashable, Sendable {
    let agent: String
    let hints: ClientHints
  }

  private struct Generations {
    var young: [Key: AgentDescription] = [:]
    var old: [Key: AgentDescription] = [:]
  }

  private let half: Int
  private let generations = Mutex(Generations())

  init(limit: Int) { half = max(1, limit / 2) }

  var count: Int { generations.withLock { $0.young.count + $0.old.count } }

  subscript(key: Key) -> AgentDescription? {
    generations.withLock { generations in
      if let found = generations.young[key] { return found }
      guard let found = generations.old[key] else { return nil }
      Self.add(found, key, &generations, half)
      return found
    }
  }

  func add(_ description: AgentDescription, for key: Key) {
    generations.withLock { Self.add(description, key, &$0, half) }
  }

  private static func add(
    _ description: AgentDescription, _ key: Key, _ generations: inout Generations, _ half: Int
  ) {
    if generations.young.count >= half {
      generations.old = generations.young
      generations.young = [:]
    }
    generations.old[key] = nil
    generations.young[key] = description
  }
}
