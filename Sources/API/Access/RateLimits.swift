import Primitives
import Redis
import Synchronization
import Users

/// Limits of how often something happens, over all processes: Redis counts, by its own clock.
///
/// Events that come at the same time leave as one pipeline of the connection. While Redis is away each process counts for
/// itself, so that nothing is refused for that reason, and guessing never becomes free.
final class RateLimits: Sendable {
  /// The longest that a request waits for Redis.
  private static let patience = Duration.milliseconds(250)
  /// The time for which nobody asks Redis after it has failed.
  private static let pause = Duration.seconds(1)

  private let redis: RedisConnection?
  private let key: @Sendable (String) -> String
  private let local = LocalLimits()
  private let awayUntil = Mutex<ContinuousClock.Instant?>(nil)

  /// Limits of this process alone.
  init() {
    redis = nil
    key = { $0 }
  }

  /// Limits that processes share.
  ///
  /// - Parameter key: The key in Redis for a name. All keys share one hash tag: an event may count towards several limits.
  init(redis: RedisConnection, key: @escaping @Sendable (String) -> String) {
    self.redis = redis
    self.key = key
  }

  /// Counts events if all their limits have room, or else none. Limits of 0 are none, and cost nothing.
  ///
  /// - Returns: The verdict that tells the most; nil without a limit.
  func take(_ events: [LimitedEvent]) async -> RateVerdict? {
    let events = events.filter { $0.limit.capacity > 0 }
    guard !events.isEmpty else { return nil }
    let shared = await ask(events, isTakenBack: false)
    return RateVerdict.decisive(shared ?? local.take(events))
  }

  /// Takes back events that were counted, even for a request that is given up.
  func takeBack(_ events: [LimitedEvent]) async {
    let events = events.filter { $0.limit.capacity > 0 }
    guard !events.isEmpty else { return }
    local.takeBack(events)
    guard redis != nil else { return }
    await Task { _ = await ask(events, isTakenBack: true) }.value
  }

  /// What Redis says; nil where it cannot be asked.
  private func ask(_ events: [LimitedEvent], isTakenBack: Bool) async -> [RateVerdict]? {
    guard let redis, awayUntil.withLock({ $0.map { $0 <= .now } ?? true }) else { return nil }
    do {
      let reply = try await redis.run(
        Self.script, keys: events.map { RedisArgument(key($0.key)) },
        arguments: [RedisArgument(isTakenBack ? -1 : 1)]
          + events.flatMap { event in
            [event.limit.capacity, event.limit.seconds, event.limit.longestWait ?? 0].map {
              RedisArgument($0)
            }
          }, timeout: Self.patience)
      awayUntil.withLock { $0 = nil }
      return Self.verdicts(reply, events)
    } catch {
      if error.code != .cancelled { awayUntil.withLock { $0 = .now + Self.pause } }
      return nil
    }
  }

  private static func verdicts(_ reply: RedisValue, _ events: [LimitedEvent]) -> [RateVerdict]? {
    let numbers = (reply.array ?? []).compactMap(\.int).map { Int($0) }
    guard numbers.count == events.count * 3 else { return nil }
    return events.indices.map { place in
      RateVerdict(
        capacity: events[place].limit.capacity, remaining: numbers[place * 3],
        wait: numbers[place * 3 + 1], reset: numbers[place * 3 + 2])
    }
  }

  /// Counts events by the rules of ``RateLevel``: capacity, seconds and longest wait follow the first argument, 1 to count
  /// and -1 to take back. It answers what remains, the wait and the time until all is there again, for each key.
  private static let script = RedisScript(
    name: "rate-limits",
    source: """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      local count = tonumber(ARGV[1])
      local limits, isAllowed = {}, true
      for i, key in ipairs(KEYS) do
        local known = redis.call('HMGET', key, 'level', 'at', 'until')
        local l = {key = key, capacity = tonumber(ARGV[i * 3 - 1]),
          period = tonumber(ARGV[i * 3]) * 1000, longest = tonumber(ARGV[i * 3 + 1]) * 1000,
          blocked = tonumber(known[3] or '0'), wait = 0}
        local passed = math.max(0, now - tonumber(known[2] or now))
        l.level = math.max(0, tonumber(known[1] or '0') - passed * l.capacity / l.period)
        if l.longest > 0 then
          l.wait = math.min(math.max(0, l.blocked - now), l.longest)
        elseif l.level + 1 - l.capacity > 1e-6 then
          l.wait = (l.level + 1 - l.capacity) * l.period / l.capacity
        end
        if l.wait > 0 then isAllowed = false end
        limits[i] = l
      end
      local reply = {}
      for _, l in ipairs(limits) do
        if count < 0 or isAllowed then
          l.level = math.max(0, l.level + count)
          if count < 0 then
            l.blocked, l.wait = 0, 0
          elseif l.longest > 0 then
            local beyond = math.ceil(l.level) - l.capacity
            if beyond >= 0 then
              l.blocked = now + math.min(\(Int(RateLimit.firstWait)) * 2 ^ math.min(beyond, 20), l.longest)
            end
          end
          local left = math.max(l.level * l.period / l.capacity, l.blocked - now)
          if left > 0 then
            redis.call('HSET', l.key, 'level', string.format('%.9f', l.level),
              'at', string.format('%.0f', now), 'until', string.format('%.0f', l.blocked))
            redis.call('PEXPIRE', l.key, math.ceil(left) + 1000)
          else
            redis.call('DEL', l.key)
          end
        end
        table.insert(reply, math.floor(math.max(0, l.capacity - l.level + 1e-6)))
        table.insert(reply, math.ceil(l.wait))
        table.insert(reply, math.ceil(math.max(l.level * l.period / l.capacity, l.blocked - now, 0)))
      end
      return reply
      """)
}

extension RateLimits {
  /// A name that is given from outside, as part of a key: neither long nor readable, for who mistypes may have put a
  /// password there.
  static func digest(_ name: String) -> String {
    Hex.encode(SecretToken.digest(name.prefix(200).lowercased()).prefix(16))
  }
}
