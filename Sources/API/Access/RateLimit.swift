/// How many events of one key there may be.
///
/// Each event adds one to a level, which sinks steadily. An ordinary limit refuses what would lift the level past its
/// capacity. A limit of guesses lets one more guess through now and then, after a wait that doubles with each.
struct RateLimit: Sendable, Hashable {
  /// The events that are let through at once.
  var capacity: Int
  /// The seconds in which a full level sinks to nothing.
  var seconds: Int
  /// The longest wait, in seconds, that a limit of guesses comes to; nil for an ordinary limit.
  var longestWait: Int?

  /// The first wait of a limit of guesses, in milliseconds.
  static let firstWait = 2000.0

  /// Events a minute.
  static func perMinute(_ count: Int) -> RateLimit { RateLimit(capacity: count, seconds: 60) }

  /// Guesses at once; they are forgotten within an hour, and beyond them the wait grows.
  static func guesses(_ count: Int, longestWait: Int) -> RateLimit {
    RateLimit(capacity: count, seconds: 3600, longestWait: longestWait)
  }
}

/// An event that counts towards a limit.
struct LimitedEvent: Sendable {
  /// What is counted, such as the requests of a user.
  var key: String
  /// The limit; a capacity of 0 is none.
  var limit: RateLimit

  init(_ key: String, _ limit: RateLimit) {
    self.key = key
    self.limit = limit
  }
}

/// What a limit says to an event.
struct RateVerdict: Sendable, Equatable {
  /// The capacity of the limit.
  var capacity: Int
  /// The events that may follow at once.
  var remaining: Int
  /// The milliseconds until one more is let through; 0 for an event that was.
  var wait: Int
  /// The milliseconds until the whole limit is there again.
  var reset: Int

  var isAllowed: Bool { wait == 0 }

  /// The whole seconds to wait, at least one.
  var waitSeconds: Int { max(1, (wait + 999) / 1000) }

  /// The verdict that tells the most: of the limit that lasts longest, or that has the least left.
  static func decisive(_ verdicts: [RateVerdict]) -> RateVerdict? {
    verdicts.max { ($0.wait, $1.remaining) < ($1.wait, $0.remaining) }
  }
}

/// The level of a key. `RateLimits.script` counts by the same rules.
struct RateLevel: Sendable {
  /// What is below this is rounding.
  private static let tolerance = 1e-6

  private var level = 0.0
  /// The milliseconds of any steady clock at which the level was this.
  private var at: Double
  /// The milliseconds before which nothing is let through.
  private var blockedUntil = 0.0

  init(at now: Double) { at = now }

  /// What the level is, or would be, worth to an event.
  mutating func verdict(_ limit: RateLimit, at now: Double) -> RateVerdict {
    sink(limit, to: now)
    let share = Double(limit.seconds) * 1000 / Double(limit.capacity)
    let wait: Double
    if let longest = limit.longestWait {
      wait = min(max(0, blockedUntil - now), Double(longest) * 1000)
    } else {
      let over = level + 1 - Double(limit.capacity)
      wait = over > Self.tolerance ? over * share : 0
    }
    return RateVerdict(
      capacity: limit.capacity,
      remaining: max(0, Int(Double(limit.capacity) - level + Self.tolerance)),
      wait: Int(wait.rounded(.up)),
      reset: Int(max(level * share, blockedUntil - now).rounded(.up)))
  }

  /// Counts an event.
  mutating func add(_ limit: RateLimit, at now: Double) {
    sink(limit, to: now)
    level += 1
    guard let longest = limit.longestWait else { return }
    let beyond = level.rounded(.up) - Double(limit.capacity)
    guard beyond >= 0 else { return }
    let wait = RateLimit.firstWait * (0..<Int(min(beyond, 20))).reduce(1.0) { wait, _ in wait * 2 }
    blockedUntil = now + min(wait, Double(longest) * 1000)
  }

  /// Takes back an event, and the wait that followed from it.
  mutating func takeBack(_ limit: RateLimit, at now: Double) {
    sink(limit, to: now)
    level = max(0, level - 1)
    blockedUntil = 0
  }

  /// Whether it says no more than a new one.
  func isSpent(at now: Double, _ limit: RateLimit) -> Bool {
    var later = self
    later.sink(limit, to: now)
    return later.level == 0 && blockedUntil <= now
  }

  private mutating func sink(_ limit: RateLimit, to now: Double) {
    let passed = max(0, now - at)
    level = max(0, level - passed * Double(limit.capacity) / (Double(limit.seconds) * 1000))
    at = now
  }
}
