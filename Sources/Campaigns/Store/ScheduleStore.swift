import Foundation
import JobQueue
import Primitives
import Redis

/// The schedule of all campaigns in Redis (CAM-902).
///
/// | key | members | score |
/// |---|---|---|
/// | `minute`, `hour`, `day` | `event:end` of the buckets of that length | the bucket's begin, in ms |
/// | `guard` | events that are looked at soon, whatever their timers say | the time of the look by Redis's clock, in ms |
/// | `again` | what is looked at once more | the PostgreSQL transaction id that must have ended first |
/// | `taken` | what a scheduler is looking at | the time from which another one may take it, in ms |
/// | `laid` | – | the run of Redis for which the whole schedule was laid |
///
/// Buckets of 50 ms are jobs of the queue, which waits for their end.
struct ScheduleStore: Sendable {
  /// The time after which an event that is being executed, or had timers staged, is looked at.
  static let guardTime = Duration.seconds(5)
  /// The time that a look may take before another scheduler repeats it.
  private static let lease = Duration.seconds(30)

  let redis: RedisConnection
  /// The prefix of the keys.
  let base: String

  init(_ jobs: JobClient) {
    redis = jobs.redis
    base = jobs.key(CampaignJobs.queue, "schedule:")
  }

  private func key(_ name: String) -> RedisArgument { RedisArgument(base + name) }

  /// Adds buckets that are split later, and events to be looked at after ``guardTime``.
  func add(_ buckets: [TimerBucket], guards: [Int64] = []) async throws {
    guard !buckets.isEmpty || !guards.isEmpty else { return }
    var arguments: [RedisArgument] = [
      RedisArgument(Self.guardTime.milliseconds), RedisArgument(guards.count),
    ]
    arguments += guards.map { RedisArgument($0) }
    for bucket in buckets {
      arguments += [
        RedisArgument(bucket.length.name), RedisArgument(bucket.begin),
        RedisArgument("\(bucket.event):\(bucket.milliseconds)"),
      ]
    }
    _ = try await redis.run(Self.addScript, keys: [key("")], arguments: arguments)
  }

  /// What a scheduler has to look at.
  struct Taken: Sendable {
    var looks: [ScheduleLook] = []
    /// Whether the whole schedule has to be laid, because Redis was emptied or restarted.
    var isLost = false
    /// Whether something waits for the end of transactions.
    var isAgainWaiting = false
  }

  /// Takes what is due.
  ///
  /// - Parameters:
  ///   - now: The instant by the product's clock.
  ///   - limit: The maximum number of looks.
  func take(now: Date, limit: Int) async throws -> Taken {
    let leads = TimerBucket.Length.far.flatMap {
      [RedisArgument($0.name), RedisArgument($0.lead)]
    }
    let reply = try await redis.run(
      Self.takeScript, keys: [key("")],
      arguments: [
        RedisArgument(Int64(saturating: now.timeIntervalSince1970 * 1000)), RedisArgument(limit),
        RedisArgument(Self.lease.milliseconds),
      ] + leads)
    let parts = reply.array ?? []
    guard parts.count == 3 else { return Taken() }
    let laid = parts[0].text
    return Taken(
      looks: (parts[2].array ?? []).compactMap { $0.text.flatMap(ScheduleLook.init(token:)) },
      isLost: laid != (try await run()),
      isAgainWaiting: (parts[1].int ?? 0) > 0)
  }

  /// Takes what waits for the end of transactions before `oldest`, the oldest running one; everything if none runs.
  func takeAgain(endedBefore oldest: Int64?, limit: Int) async throws -> [ScheduleLook] {
    let reply = try await redis.run(
      Self.takeAgainScript, keys: [key("")],
      arguments: [
        oldest.map { RedisArgument($0) } ?? "+inf", RedisArgument(limit),
        RedisArgument(Self.lease.milliseconds),
      ])
    return (reply.array ?? []).compactMap { $0.text.flatMap(ScheduleLook.init(token:)) }
  }

  /// Ends looks.
  ///
  /// - Parameter next: The id of a PostgreSQL transaction: once all before it have ended, the same is looked at once
  ///   more; nil for never.
  func finish(_ looks: [ScheduleLook], again next: Int64?) async throws {
    guard !looks.isEmpty else { return }
    var commands: [[RedisArgument]] = []
    if let next {
      let members = looks.filter { !$0.isAgain }.flatMap {
        [RedisArgument(next), RedisArgument($0.subject.code)]
      }
      if !members.isEmpty { commands.append(["ZADD", key("again"), "NX"] + members) }
    }
    commands.append(["ZREM", key("taken")] + looks.map { RedisArgument($0.token) })
    for reply in try await redis.pipeline(commands) { _ = try reply.get() }
  }

  // MARK: Laying the whole

  /// Returns the id of the running Redis process, which a restart and a failover change.
  private func run() async throws -> String {
    let text = try await redis.send("INFO", "server").text ?? ""
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
    return String(line?.dropFirst(7) ?? "unknown")
  }

  /// Notes that the whole schedule is being laid.
  ///
  /// - Returns: A mark that is gone if Redis is emptied meanwhile.
  func beginLaying() async throws -> String {
    let mark = "\(try await run()) \(UInt64.random(in: 0 ... .max))"
    _ = try await redis.send("SET", key("laying:\(mark)"), 1, "EX", 3600)
    return mark
  }

  /// Notes that it is laid, unless Redis was emptied meanwhile.
  func endLaying(_ mark: String, again next: Int64?) async throws {
    let isThere = try await redis.send("DEL", key("laying:\(mark)")).int == 1
    guard isThere else { return }
    var commands: [[RedisArgument]] = [
      ["SET", key("laid"), RedisArgument(mark.split(separator: " ").first.map(String.init) ?? "")]
    ]
    if let next {
      commands.append([
        "ZADD", key("again"), "NX", RedisArgument(next),
        RedisArgument(ScheduleLook.Subject.all.code),
      ])
    }
    for reply in try await redis.pipeline(commands) { _ = try reply.get() }
  }

  // MARK: Reading

  /// Returns the buckets of a length, by their begin.
  ///
  /// - Parameter limit: The maximum number.
  func buckets(_ length: TimerBucket.Length, limit: Int) async throws -> [TimerBucket] {
    let reply = try await redis.send(
      "ZRANGE", key(length.name), 0, RedisArgument(max(0, limit - 1)))
    return (reply.array ?? []).compactMap { member in
      member.text.flatMap { TimerBucket(member: $0, length) }
    }
  }

  /// Returns the number of buckets of each length, and the begin of the first one of all, in milliseconds since 1970.
  func counts() async throws -> (counts: [TimerBucket.Length: Int], first: Int64?) {
    var commands: [[RedisArgument]] = []
    for length in TimerBucket.Length.far {
      commands.append(["ZCARD", key(length.name)])
      commands.append(["ZRANGE", key(length.name), 0, 0, "WITHSCORES"])
    }
    let replies = try await redis.pipeline(commands)
    var counts: [TimerBucket.Length: Int] = [:]
    var first: Int64?
    for (index, length) in TimerBucket.Length.far.enumerated() {
      counts[length] = Int(saturating: Double(try replies[index * 2].get().int ?? 0))
      if let begin = try replies[index * 2 + 1].get().array?.last?.double {
        first = min(first ?? .max, Int64(saturating: begin))
      }
    }
    return (counts, first)
  }
}

extension TimerBucket {
  /// Reads the form `event:end`.
  init?(member: some StringProtocol, _ length: Length) {
    let parts = member.split(separator: ":")
    guard parts.count == 2, let event = Int64(parts[0]), let end = Int64(parts[1]) else {
      return nil
    }
    self.init(event: event, endingAt: end, length: length)
  }
}

/// Something that a scheduler looks at in PostgreSQL.
struct ScheduleLook: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    /// A bucket, to be split.
    case bucket(TimerBucket)
    /// What of an event is due soon.
    case event(Int64)
    /// Everything.
    case all

    /// The text in Redis.
    var code: String {
      switch self {
      case .bucket(let bucket): "\(bucket.length.name):\(bucket.event):\(bucket.milliseconds)"
      case .event(let event): "guard:\(event)"
      case .all: "all"
      }
    }

    init?(code: some StringProtocol) {
      let parts = code.split(separator: ":", maxSplits: 1)
      switch (parts.first, parts.last) {
      case ("all", _): self = .all
      case ("guard", let id?):
        guard let event = Int64(id) else { return nil }
        self = .event(event)
      case (let name?, let member?):
        guard let length = TimerBucket.Length.far.first(where: { $0.name == name }),
          let bucket = TimerBucket(member: member, length)
        else { return nil }
        self = .bucket(bucket)
      default: return nil
      }
    }
  }

  let subject: Subject
  /// Whether it is the second look, after the transactions that ran during the first.
  let isAgain: Bool
  /// The member of `taken`: the subject, and the end of the lease, so that each take has its own.
  let token: String

  init?(token: String) {
    self.token = token
    let code = token.prefix { $0 != "#" }
    isAgain = code.hasPrefix("again:")
    guard let subject = Subject(code: code.dropFirst(isAgain ? 6 : 0)) else { return nil }
    self.subject = subject
  }
}

extension ScheduleStore {
  private static let present = """
    local base = KEYS[1]
    local time = redis.call('TIME')
    local present = time[1] * 1000 + math.floor(time[2] / 1000)

    """

  /// Arguments: the time until events are looked at, their number, they themselves; then length, begin and member of
  /// each bucket. An event that is to be looked at earlier stays so.
  private static let addScript = RedisScript(
    name: "campaign-schedule-add",
    source: present + """
      local guards = tonumber(ARGV[2])
      local at = string.format('%.0f', present + ARGV[1])
      for i = 3, 2 + guards do redis.call('ZADD', base .. 'guard', 'NX', at, ARGV[i]) end
      for i = 3 + guards, #ARGV, 3 do
        redis.call('ZADD', base .. ARGV[i], ARGV[i + 1], ARGV[i + 2])
      end
      """)

  /// What is taken is in no other set, so that it can be added again while it is looked at.
  private static let move =
    present + """
      local out = {}
      local function move(set, upto, most, prefix, lease)
        local found = redis.call('ZRANGEBYSCORE', base .. set, '-inf', upto, 'LIMIT', 0, most - #out)
        local expiry = string.format('%.0f', present + lease)
        for _, member in ipairs(found) do
          redis.call('ZREM', base .. set, member)
          local token = prefix .. string.gsub(member, '#.*', '') .. '#' .. expiry
          redis.call('ZADD', base .. 'taken', expiry, token)
          out[#out + 1] = token
        end
      end

      """

  /// Arguments: now, the maximum number, the lease in milliseconds, then each length with its lead. Returns the run for
  /// which the schedule was laid, the number of members that wait for transactions, and what was taken.
  private static let takeScript = RedisScript(
    name: "campaign-schedule-take",
    source: move + """
      local now, most, lease = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
      move('taken', string.format('%.0f', present), most, '', lease)
      move('guard', string.format('%.0f', present), most, 'guard:', lease)
      for i = 4, #ARGV, 2 do
        move(ARGV[i], string.format('%.0f', now + ARGV[i + 1]), most, ARGV[i] .. ':', lease)
      end
      return {redis.call('GET', base .. 'laid') or '', redis.call('ZCARD', base .. 'again'), out}
      """)

  private static let takeAgainScript = RedisScript(
    name: "campaign-schedule-again",
    source: move + """
      move('again', ARGV[1], tonumber(ARGV[2]), 'again:', tonumber(ARGV[3]))
      return out
      """)
}
