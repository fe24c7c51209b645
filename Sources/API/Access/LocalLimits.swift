import Synchronization

/// Counts the events of this process alone: while Redis is away, and where there is none.
final class LocalLimits: Sendable {
  private struct Entry {
    var level: RateLevel
    var limit: RateLimit
  }

  /// The number of keys remembered; beyond it those that carry no information are dropped.
  private static let capacity = 10_000

  private let levels = Mutex<[String: Entry]>([:])
  private let start = ContinuousClock.now

  /// Counts events if all their limits have room, or else none.
  ///
  /// - Returns: A verdict of each limit.
  func take(_ events: [LimitedEvent], at now: ContinuousClock.Instant = .now) -> [RateVerdict] {
    let now = (now - start) / .milliseconds(1)
    return levels.withLock { levels in
      let verdicts = events.map { event in
        var entry = Self.entry(event, in: &levels, at: now)
        return entry.level.verdict(event.limit, at: now)
      }
      guard verdicts.allSatisfy(\.isAllowed) else { return verdicts }
      return events.map { event in
        var entry = Self.entry(event, in: &levels, at: now)
        entry.level.add(event.limit, at: now)
        levels[event.key] = entry
        var verdict = entry.level.verdict(event.limit, at: now)
        verdict.wait = 0
        return verdict
      }
    }
  }

  /// Takes back events that were counted.
  func takeBack(_ events: [LimitedEvent], at now: ContinuousClock.Instant = .now) {
    let now = (now - start) / .milliseconds(1)
    levels.withLock { levels in
      for event in events { levels[event.key]?.level.takeBack(event.limit, at: now) }
    }
  }

  private static func entry(
    _ event: LimitedEvent, in levels: inout [String: Entry], at now: Double
  ) -> Entry {
    if let known = levels[event.key] { return Entry(level: known.level, limit: event.limit) }
    if levels.count >= capacity {
      levels = levels.filter { !$0.value.level.isSpent(at: now, $0.value.limit) }
      // All of them in use: an attack from everywhere. Forgetting is better than growing.
      if levels.count >= capacity { levels.removeAll() }
    }
    return Entry(level: RateLevel(at: now), limit: event.limit)
  }
}
