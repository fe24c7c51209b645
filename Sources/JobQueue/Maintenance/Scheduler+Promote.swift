import Foundation
import Logging
import Metrics
import Redis

extension Scheduler {
  /// Moves due jobs to the workers: sleeps until the next is due, or until a wake stream tells of an earlier one.
  func promoteLoop() async {
    while !Task.isCancelled {
      var wait = Duration.seconds(5)
      await attempt("promotion of due jobs") {
        if let next = try await promote() { wait = min(wait, next) }
      }
      if !currentHealth.failing.isEmpty { wait = min(wait, .milliseconds(500)) }
      // A movable clock is read often, because nothing wakes this loop when it is moved.
      if client.clock.isMovable { wait = min(wait, .milliseconds(100)) }
      if wait > .zero { await earlier.wait(atMost: wait) }
    }
  }

  /// Makes one round over all queues. Returns the time until the next job is due.
  func promote() async throws -> Duration? {
    let queues = try await client.queueNames()
    let offset = RedisArgument(client.clock.offset.milliseconds)
    let replies = try await client.redis.pipeline(
      Scripts.promote,
      calls: queues.map { ([RedisArgument(client.keys.base($0))], [offset, 1000]) })
    var next: Int?
    for reply in replies {
      let numbers = (try reply.get().array ?? []).map { Int($0.int ?? 0) }
      guard numbers.count >= 2 else { continue }
      for milliseconds in numbers.dropFirst(2) { lateness.recordMilliseconds(milliseconds) }
      if numbers[0] >= 0 { next = min(next ?? .max, numbers[0]) }
    }
    return next.map { .milliseconds($0) }
  }

  /// Reads the queues' wake streams.
  func wakeLoop(on connection: RedisConnection) async {
    var lastRead: [String: String] = [:]
    while !Task.isCancelled {
      await attempt("listening for earlier jobs") {
        let names = try await client.queueNames()
        guard !names.isEmpty else { return await pause(.milliseconds(200)) }
        let streams = names.map { client.keys.wakeStream($0) }
        // New queues are noticed when this returns; their first due job waits for that at most.
        let reply = try await connection.send(
          ["XREAD", "BLOCK", 500, "STREAMS"] + streams.map { RedisArgument($0) }
            + streams.map { RedisArgument(lastRead[$0] ?? "0") }, timeout: .seconds(5))
        for stream in reply.array ?? [] {
          guard let parts = stream.array, let name = parts.first?.text,
            let last = parts.last?.array?.last?.array?.first?.text
          else { continue }
          lastRead[name] = last
        }
        if !reply.isNull { earlier.raise() }
      }
      if !currentHealth.failing.isEmpty { await pause(.milliseconds(200)) }
    }
  }

  func reapLoop() async {
    let reaper = Reaper(
      client: client, leaseTime: configuration.leaseTime, crashLimit: configuration.crashLimit,
      logger: logger)
    while !Task.isCancelled {
      await attempt("taking over from dead workers") {
        await reaper.reap(try await client.queueNames())
      }
      await pause(configuration.reapInterval)
    }
  }
}
