import Foundation
import JobQueue
import Redis

/// Keeps all workers together within what the transport takes: messages in a second, an hour, a day, and
/// connections (EML-230). Redis counts, so that the limits hold over all of them.
struct MailPacer: Sendable {
  let redis: RedisConnection
  let prefix: String
  let clock: WallClock

  /// How long to wait until so many messages may go out; zero where they may now, and count as gone.
  func reserve(_ count: Int, _ settings: MailSettings) async throws -> Duration {
    guard settings.perSecond > 0 || settings.perHour > 0 || settings.perDay > 0 else {
      return .zero
    }
    let reply = try await redis.run(
      Self.reserve, keys: [key("rate"), key("hour"), key("day")],
      arguments: [
        RedisArgument(Int(clock.now.timeIntervalSince1970 * 1000)), RedisArgument(count),
        RedisArgument(settings.perSecond), RedisArgument(settings.perHour),
        RedisArgument(settings.perDay),
      ])
    return .milliseconds(reply.int ?? 0)
  }

  /// A holder who is not heard of for so long has died with its worker.
  static let lapse = Duration.seconds(12)

  /// Takes one of the connections; false where all are taken. Whoever holds one keeps it by ``keep(_:every:)``.
  func takeConnection(_ holder: String, _ settings: MailSettings) async throws -> Bool {
    let reply = try await redis.run(
      Self.connect, keys: [key("connections")],
      arguments: arguments(holder, limit: settings.connections))
    return reply.int == 1
  }

  /// Keeps a connection until the task is cancelled, however long a message takes.
  func keep(_ holder: String, every pause: Duration = lapse / 4) async {
    while true {
      do {
        try await Task.sleep(for: pause)
        // With room for nobody else: what was given back meanwhile is not taken again.
        _ = try await redis.run(
          Self.connect, keys: [key("connections")], arguments: arguments(holder, limit: 0))
      } catch {
        // Where Redis is away nobody else takes one either.
        if Task.isCancelled { return }
      }
    }
  }

  private func arguments(_ holder: String, limit: Int) -> [RedisArgument] {
    [
      RedisArgument(holder), RedisArgument(limit),
      RedisArgument(Int(Self.lapse.components.seconds) * 1000),
    ]
  }

  /// Gives a connection back.
  func giveConnection(_ holder: String) async throws {
    _ = try await redis.send("ZREM", key("connections"), RedisArgument(holder))
  }

  private func key(_ name: String) -> RedisArgument { "\(prefix):{mail}:\(name)" }

  /// The rate is kept as the instant up to which it is used up; windows of an hour and a day as counts.
  /// A group that is larger than a window goes into an empty one.
  private static let reserve = RedisScript(
    name: "mail-reserve",
    source: """
      local now, n = tonumber(ARGV[1]), tonumber(ARGV[2])
      local rate = tonumber(ARGV[3])
      local windows = {{KEYS[2], tonumber(ARGV[4]), 3600000}, {KEYS[3], tonumber(ARGV[5]), 86400000}}
      for _, w in ipairs(windows) do
        if w[2] > 0 then
          local slot = math.floor(now / w[3])
          local used = 0
          if redis.call('HGET', w[1], 'slot') == tostring(slot) then
            used = tonumber(redis.call('HGET', w[1], 'used') or '0')
          end
          if used > 0 and used + n > w[2] then return (slot + 1) * w[3] - now end
        end
      end
      if rate > 0 then
        local free = tonumber(redis.call('GET', KEYS[1]) or '0')
        if free > now then return math.ceil(free - now) end
        local until_ = math.max(free, now) + n * 1000 / rate
        redis.call('SET', KEYS[1], string.format('%.3f', until_), 'PX', math.ceil(n * 1000 / rate) + 1000)
      end
      for _, w in ipairs(windows) do
        if w[2] > 0 then
          local slot = tostring(math.floor(now / w[3]))
          if redis.call('HGET', w[1], 'slot') ~= slot then
            redis.call('HSET', w[1], 'slot', slot, 'used', 0)
          end
          redis.call('HINCRBY', w[1], 'used', n)
          redis.call('PEXPIRE', w[1], w[3] * 2)
        end
      end
      return 0
      """)

  private static let connect = RedisScript(
    name: "mail-connect",
    source: """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
      if redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('PEXPIRE', KEYS[1], 120000)
        return 1
      end
      return 0
      """)
}
