import Foundation
import Logging
import Redis

extension JobClient {
  /// The status of all queues, ordered by name.
  public func queues() async throws -> [QueueStatus] {
    try await queues(try await queueNames())
  }

  /// The status of one queue; nil when nothing was ever enqueued there.
  public func queue(_ name: String) async throws -> QueueStatus? {
    guard try await queueNames().contains(name) else { return nil }
    return try await queues([name]).first
  }

  func queues(_ names: [String]) async throws -> [QueueStatus] {
    guard !names.isEmpty else { return [] }
    let offset = RedisArgument(clock.offset.milliseconds)
    let replies = try await redis.pipeline(
      Scripts.inspect, calls: names.map { ([RedisArgument(keys.base($0))], [offset]) })
    let settings = try await QueueSettingsStore.all(on: postgres)
    let dead = try await DurableStore.deadCounts(on: postgres)
    return try zip(names, replies).map { name, reply in
      let n = (try reply.get().array ?? []).map { Int($0.int ?? 0) }
      guard n.count == 17 else {
        throw RedisError(.unexpectedReply, "an inspection of \(n.count) numbers")
      }
      // The current minute's count covers little time; the previous one gives the rate until it is half over.
      let seconds = Double(n[14]) / 1000
      let rate =
        seconds >= 30
        ? Double(n[12] + n[13]) / seconds * 60
        : Double(n[10] + n[11] + n[12] + n[13]) / (60 + seconds) * 60
      return QueueStatus(
        name: name, depth: max(0, n[0] - n[1]) + n[2], running: n[1], scheduled: n[3] + n[4],
        dead: n[6] + (dead[name] ?? 0), unknown: n[5],
        oldestAgeSeconds: n[15] >= 0 ? Double(n[15]) / 1000 : nil, throughputPerMinute: rate,
        workers: n[8], isPaused: n[7] == 1, limits: settings[name]?.limits ?? QueueLimits(),
        retrying: n[4], due: n[9], enqueued: n[16])
    }
  }

  /// The live workers, ordered by id.
  public func workers() async throws -> [WorkerStatus] {
    let ids = (try await redis.send("ZRANGE", RedisArgument(keys.workers), 0, -1).array ?? [])
      .compactMap(\.text).sorted()
    guard !ids.isEmpty else { return [] }
    let command: [RedisArgument] = ["MGET"] + ids.map { RedisArgument(keys.worker($0)) }
    return (try await redis.send(command).array ?? []).compactMap { value in
      guard let bytes = value.bytes else { return nil }
      do {
        return try JSONDecoder().decode(WorkerStatus.self, from: Data(bytes))
      } catch {
        logger.notice("A worker's status cannot be read", metadata: ["error": "\(error)"])
        return nil
      }
    }
  }

  /// Returns true when no job is ready, under way, in retry, or due by the clock.
  ///
  /// Looks at Redis, then PostgreSQL, then Redis again: if Redis is empty both times and nothing was enqueued in
  /// between, no work can have been missed.
  public func isIdle() async throws -> Bool {
    guard let first = try await enqueuedIfEmpty() else { return false }
    guard try await !DurableStore.hasWork(now: clock.now, on: postgres) else { return false }
    return try await enqueuedIfEmpty() == first
  }

  private func enqueuedIfEmpty() async throws -> Int? {
    let all = try await queues()
    let isEmpty = all.allSatisfy {
      $0.depth == 0 && $0.running == 0 && $0.retrying == 0 && $0.due == 0 && $0.unknown == 0
    }
    return isEmpty ? all.reduce(0) { $0 + $1.enqueued } : nil
  }

  /// The status of a batch; nil when no such batch is known. Batches are deleted a week after their end.
  public func batch(_ id: BatchID) async throws -> BatchStatus? {
    try await JobStatusStore.batch(id, on: postgres)
  }
}
