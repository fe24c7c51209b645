import Foundation
import Logging
import Metrics
import Redis

extension Scheduler {
  /// Moves due jobs to the workers: sleeps until the next is due, or until a bell rings because an
  /// earlier one was added.
  func promoteLoop() async {
    while !Task.isCancelled {
      var wait = Duration.seconds(5)
      await attempt("promotion of due jobs") {
        if let next = try await promote() { wait = min(wait, next) }
      }
      if !currentHealth.failing.isEmpty { wait = min(wait, .milliseconds(500)) }
      // A clock that can be moved is looked at often, because nobody rings when it is.
      if client.clock.isMovable { wait = min(wait, .milliseconds(100)) }
      if wait > .zero { await bell.wait(atMost: wait) }
    }
  }

  /// One round over all queues. Returns when the next job is due.
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

  /// Listens to the queues' bells.
  func bellLoop(_ connection: RedisConnection) async {
    var heard: [String: String] = [:]
    while !Task.isCancelled {
      await attempt("hearing of earlier jobs") {
        let names = try await client.queueNames()
        guard !names.isEmpty else { return await pause(.milliseconds(200)) }
        let bells = names.map { client.keys.bell($0) }
        // New queues are noticed when this returns; their first due job waits for that at most.
        let reply = try await connection.send(
          ["XREAD", "BLOCK", 500, "STREAMS"] + bells.map { RedisArgument($0) }
            + bells.map { RedisArgument(heard[$0] ?? "0") }, timeout: .seconds(5))
        for stream in reply.array ?? [] {
          guard let parts = stream.array, let name = parts.first?.text,
            let last = parts.last?.array?.last?.array?.first?.text
          else { continue }
          heard[name] = last
        }
        if !reply.isNull { bell.raise() }
      }
      if !currentHealth.failing.isEmpty { await pause(.milliseconds(200)) }
    }
  }

  func reapLoop() async {
    let reaper = Reaper(
      client: client, leaseTime: configuration.leaseTime, poisonKills: configuration.poisonKills,
      logger: logger)
    while !Task.isCancelled {
      await attempt("taking over from dead workers") {
        await reaper.reap(try await client.queueNames())
      }
      await pause(configuration.reapInterval)
    }
  }
}
