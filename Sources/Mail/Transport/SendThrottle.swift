import Foundation
import JobQueue
import Redis

/// Keeps all workers together within the limits of the transport: messages per second, hour and day, and
/// connections (EML-230). Redis counts, so the limits hold over all workers. While a send of the first priority
/// waits, the others let it go first (EML-231).
struct SendThrottle: Sendable {
  let redis: RedisConnection
  let keys: RedisKeys
  let clock: WallClock

  /// A reservation of messages.
  enum Reservation: Sendable, Equatable {
    /// The number of messages that may be sent, which count as sent.
    case go(Int)
    /// No message may be sent for this long.
    case wait(Duration)
  }

  /// Reserves a number of messages, or as many as the hour or the day has left.
  func reserve(
    _ count: Int, for priority: SendPriority = .bulk, _ settings: MailSettings
  ) async throws -> Reservation {
    guard settings.perSecond > 0 || settings.perHour > 0 || settings.perDay > 0 else {
      return .go(count)
    }
    let reply = try await redis.run(
      Self.reserve, keys: [keys.rate, keys.hour, keys.day, keys.rateFirst],
      arguments: [
        RedisArgument(Int(clock.now.timeIntervalSince1970 * 1000)), RedisArgument(count),
        RedisArgument(settings.perSecond), RedisArgument(settings.perHour),
        RedisArgument(settings.perDay), RedisArgument(priority == .first ? 1 : 0),
      ])
    // A positive reply is a number of messages, a negative one a time in milliseconds.
    let number = Int(reply.int ?? -1000)
    return number > 0 ? .go(number) : .wait(.milliseconds(max(1, -number)))
  }

  /// The time without a heartbeat after which a holder counts as dead.
  static let lapse = Duration.seconds(12)

  /// Takes or renews a connection; false if all are taken or one of the first priority waits. The holder keeps it
  /// with ``keep(_:every:)``.
  func takeConnection(
    _ holder: String, for priority: SendPriority = .bulk, _ settings: MailSettings
  ) async throws -> Bool {
    let reply = try await redis.run(
      Self.connect, keys: [keys.connections, keys.connectionsFirst],
      arguments: [
        RedisArgument(holder), RedisArgument(settings.connections),
        RedisArgument(Int(Self.lapse.components.seconds) * 1000),
        RedisArgument(priority == .first ? 1 : 0),
      ])
    return reply.int == 1
  }

  /// Renews a connection until the task is cancelled, however long a message takes.
  func keep(_ holder: String, every pause: Duration = lapse / 4) async {
    while true {
      do {
        try await Task.sleep(for: pause)
        // A connection that was given back meanwhile is not taken again.
        _ = try await redis.run(
          Self.keepConnection, keys: [keys.connections], arguments: [RedisArgument(holder)])
      } catch {
        // While Redis is away no other worker takes one either.
        if Task.isCancelled { return }
      }
    }
  }

  /// Gives back a connection.
  func giveConnection(_ holder: String) async throws {
    _ = try await redis.send("ZREM", keys.connections, RedisArgument(holder))
  }

  /// Reserves messages. The rate is stored as the instant up to which it is used up; windows of an hour and a day
  /// as counts. A worker whose clock is behind counts in the window that others have begun.
  private static let reserve = RedisScript(
    name: "mail-reserve",
    source: """
      local now, n = tonumber(ARGV[1]), tonumber(ARGV[2])
      local rate = tonumber(ARGV[3])
      local windows = {{KEYS[2], tonumber(ARGV[4]), 3600000}, {KEYS[3], tonumber(ARGV[5]), 86400000}}
      for _, w in ipairs(windows) do
        if w[2] > 0 then
          w.slot = math.floor(now / w[3])
          local known = tonumber(redis.call('HGET', w[1], 'slot') or '-1')
          if known < w.slot then
            redis.call('HSET', w[1], 'slot', string.format('%.0f', w.slot), 'used', 0)
          else
            w.slot = known
          end
          local left = w[2] - tonumber(redis.call('HGET', w[1], 'used'))
          if left <= 0 then return math.min(-1, now - (w.slot + 1) * w[3]) end
          n = math.min(n, left)
        end
      end
      if rate > 0 then
        local free = tonumber(redis.call('GET', KEYS[1]) or '0')
        if free > now then
          if ARGV[6] == '1' then redis.call('SET', KEYS[4], 1, 'PX', 3000) end
          return math.floor(now - free)
        end
        if ARGV[6] == '1' then
          redis.call('DEL', KEYS[4])
        elseif redis.call('EXISTS', KEYS[4]) == 1 then
          return -50
        end
        local until_ = math.max(free, now) + n * 1000 / rate
        redis.call('SET', KEYS[1], string.format('%.3f', until_), 'PX', math.ceil(n * 1000 / rate) + 1000)
      end
      for _, w in ipairs(windows) do
        if w[2] > 0 then
          redis.call('HINCRBY', w[1], 'used', n)
          redis.call('PEXPIRE', w[1], w[3] * 2)
        end
      end
      return n
      """)

  private static let connect = RedisScript(
    name: "mail-connect",
    source: """
      local time = redis.call('TIME')
      local now = time[1] * 1000 + math.floor(time[2] / 1000)
      redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[3]))
      local isFirst = ARGV[4] == '1'
      if not isFirst and redis.call('EXISTS', KEYS[2]) == 1 then
        redis.call('ZREM', KEYS[1], ARGV[1])
        return 0
      end
      if redis.call('ZSCORE', KEYS[1], ARGV[1]) or redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[2]) then
        redis.call('ZADD', KEYS[1], now, ARGV[1])
        redis.call('PEXPIRE', KEYS[1], 120000)
        if isFirst then redis.call('DEL', KEYS[2]) end
        return 1
      end
      if isFirst then redis.call('SET', KEYS[2], 1, 'PX', 3000) end
      return 0
      """)

  private static let keepConnection = RedisScript(
    name: "mail-keep",
    source: """
      local time = redis.call('TIME')
      redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
      redis.call('PEXPIRE', KEYS[1], 120000)
      return 0
      """)
}
