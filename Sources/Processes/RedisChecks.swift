import Foundation
import JobQueue
import Redis

/// Redis: version, role, eviction policy, memory, persistence.
struct RedisChecks {
  private let redis: RedisConnection
  private let jobs: JobClient
  private let schedule: ScheduleCheck

  init(_ backends: Backends) {
    redis = backends.redis
    jobs = backends.jobs
    schedule = ScheduleCheck(backends)
  }

  func run() async -> [Finding] {
    do {
      let info = try await redis.serverInfo()
      return Self.findings(info)
        + [
          await writing(),
          try await ClockDrift.measure(schedule.redisTime).finding("Redis's clock"),
        ]
    } catch {
      return [
        .failure(
          "Redis", Problem.text(of: error), mend: "start the server, or correct MARTLET_REDIS_URL")
      ]
    }
  }

  /// The findings from the sections of `INFO`.
  static func findings(_ info: [String: String]) -> [Finding] {
    var findings = [version(info), policy(info), persistence(info)]
    if let role = info["role"], role != "master" {
      findings.append(
        .failure(
          "Redis role", role, mend: "point MARTLET_REDIS_URL at the primary, or at its Sentinels"))
    }
    if let memory = memory(info) { findings.append(memory) }
    return findings
  }

  private static func version(_ info: [String: String]) -> Finding {
    let text = info["redis_version"] ?? "unknown"
    let parts = text.split(separator: ".").compactMap { Int($0) }
    guard parts.count >= 2, (parts[0], parts[1]) >= (6, 2) else {
      return .failure(
        "Redis", "version \(text)", mend: "upgrade the server to version 6.2 or newer")
    }
    return .ok("Redis", "version \(text)")
  }

  private static func policy(_ info: [String: String]) -> Finding {
    let policy = info["maxmemory_policy"] ?? "unknown"
    guard policy == "noeviction" else {
      return .failure(
        "Redis maxmemory-policy", "\(policy): under pressure Redis would drop queued work",
        mend: "CONFIG SET maxmemory-policy noeviction, and in redis.conf")
    }
    return .ok("Redis maxmemory-policy", policy)
  }

  private static func persistence(_ info: [String: String]) -> Finding {
    if info["aof_enabled"] == "1" {
      guard info["aof_last_write_status"] == "ok" else {
        return .failure(
          "Redis persistence", "its append-only file cannot be written",
          mend: "look at the server's disk and log")
      }
      return .ok("Redis persistence", "append-only file")
    }
    if info["rdb_last_bgsave_status"] == "err" {
      return .failure(
        "Redis persistence", "its last snapshot failed", mend: "look at the server's disk and log")
    }
    return .warning(
      "Redis persistence",
      "no append-only file: a restart loses transient jobs, and durable ones are laid anew",
      mend: "CONFIG SET appendonly yes, and in redis.conf")
  }

  private static func memory(_ info: [String: String]) -> Finding? {
    guard let limit = info["maxmemory"].flatMap(Double.init), limit > 0,
      let used = info["used_memory"].flatMap(Double.init)
    else { return nil }
    let percent = Int(used / limit * 100)
    guard percent < 80 else {
      return .warning(
        "Redis memory", "\(percent) % of maxmemory in use", mend: "raise maxmemory")
    }
    return .ok("Redis memory", "\(percent) % of maxmemory in use")
  }

  private func writing() async -> Finding {
    do {
      try await jobs.probeWrites()
      return .ok("Redis writes", "taken")
    } catch {
      return .failure(
        "Redis writes", "refused: \(Problem.text(of: error))",
        mend: "jobs wait until it takes them: look at its memory, its disk and its role")
    }
  }
}
