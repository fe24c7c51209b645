import Foundation
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// The scripts against a plain model: random sequences of pushes, fetches, ends, failures, deaths
/// of workers and losses of Redis. At every step no job is lost or held twice and no limit is
/// exceeded, and in the end each job has ended once.
@Suite struct ModelTests {
  /// An entry that a consumer holds, as the test knows it.
  private struct Held {
    var entry: QueueEntry
    var streamID: String
    var group: String?
    var consumer: String
  }

  private struct Run {
    let client: JobClient
    let queue = "model"
    var random: SeededGenerator
    var alive: Set<String> = ["w0", "w1"]
    var nextConsumer = 2
    var open: [JobID: QueueEntry] = [:]
    var held: [String: Held] = [:]
    var ended: Set<JobID> = []
    var limits: [String: Int] = [:]

    var key: [RedisArgument] { [RedisArgument(client.keys.base(queue))] }

    mutating func push() async throws {
      var entries: [QueueEntry] = []
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let group = ["a", "b", "c", nil][Int.random(in: 0...3, using: &random)]
        entries.append(
          QueueEntry(
            group: group.map { QueueEntry.Group(key: $0, limit: limits[$0], weight: 1) },
            id: JobID(),
            name: "m", version: 1, maxAttempts: 99, timeoutMilliseconds: 0, isDurable: true,
            payload: Array("{}".utf8)))
      }
      let isLater = Int.random(in: 0...4, using: &random) == 0
      try await client.push(
        entries, to: queue, runAt: isLater ? [Date().addingTimeInterval(0.02)] : nil,
        respectingBound: false)
      // Pushing again, as repair does, changes nothing.
      try await client.push(entries, to: queue, respectingBound: false)
      for entry in entries { open[entry.id] = entry }
    }

    mutating func fetch() async throws {
      guard let consumer = alive.sorted().randomElement(using: &random) else { return }
      _ = try await client.redis.run(
        Scripts.heartbeat, keys: key, arguments: [RedisArgument(consumer)])
      let reply = try await client.redis.send(
        "XREADGROUP", "GROUP", "workers", RedisArgument(consumer), "COUNT",
        RedisArgument(Int.random(in: 1...5, using: &random)), "STREAMS",
        RedisArgument(client.keys.ready(queue)), ">")
      for item in reply.array?.first?.array?.last?.array ?? [] {
        guard let id = item.array?[0].text, let fields = item.array?[1].array else { continue }
        let entry = try QueueEntry(parsing: fields[1].bytes ?? [])
        #expect(open[entry.id] != nil, "a job that has ended is delivered")
        #expect(!held.values.contains { $0.entry.id == entry.id }, "a job is held twice")
        held[id] = Held(
          entry: entry, streamID: id, group: fields.count > 3 ? fields[3].text : nil,
          consumer: consumer)
      }
      var groups: [String: Int] = [:]
      for group in held.values.compactMap(\.entry.group) { groups[group.key, default: 0] += 1 }
      for (group, count) in groups {
        if let limit = limits[group] { #expect(count <= limit, "group \(group) has \(count)") }
      }
      #expect(held.count <= 12, "the queue's limit")
    }

    mutating func settle() async throws {
      guard
        let one = held.values.sorted(by: { $0.streamID < $1.streamID })
          .randomElement(using: &random)
      else { return }
      var entry = one.entry
      let list: String
      switch Int.random(in: 0...5, using: &random) {
      case 0: list = "retrying"
      case 1: list = "ready"
      case 2: list = "unknown"
      default:
        let ended = try await client.redis.run(
          Scripts.finish, keys: key,
          arguments: [
            "done", 0, RedisArgument(one.streamID), RedisArgument(entry.id.description),
            RedisArgument(one.group ?? ""), "",
          ])
        #expect(ended.int == 1)
        held[one.streamID] = nil
        open[entry.id] = nil
        self.ended.insert(entry.id)
        return
      }
      entry.attempt += 1
      open[entry.id] = entry
      let moved = try await client.redis.run(
        Scripts.requeue, keys: key,
        arguments: [
          RedisArgument(one.streamID), RedisArgument(one.group ?? ""),
          RedisArgument(bytes: entry.encoded()), RedisArgument(list), 5, 0, "",
        ])
      #expect(moved.int == 1)
      held[one.streamID] = nil
    }

    /// A worker leaves with a deregistration, or dies and is found dead.
    mutating func loseWorker() async throws {
      guard let consumer = alive.sorted().randomElement(using: &random) else { return }
      alive.remove(consumer)
      alive.insert("w\(nextConsumer)")
      nextConsumer += 1
      if Bool.random(using: &random) {
        _ = try await client.redis.run(
          Scripts.deregister, keys: key, arguments: [RedisArgument(consumer), 1000])
      } else {
        let leases = RedisArgument(client.keys.base(queue) + "leases")
        _ = try await client.redis.send("ZADD", leases, "XX", 1, RedisArgument(consumer))
        _ = try await client.redis.run(
          Scripts.reap, keys: key, arguments: [60_000, 1000, 1_000_000])
      }
      // Late reports of the lost worker change nothing.
      for (id, one) in held where one.consumer == consumer {
        let late = try await client.redis.run(
          Scripts.finish, keys: key,
          arguments: [
            "done", 0, RedisArgument(id), RedisArgument(one.entry.id.description),
            RedisArgument(one.group ?? ""), "",
          ])
        #expect(late.int == 0)
        held[id] = nil
      }
    }

    /// Redis is emptied and rebuilt.
    mutating func lose(_ world: World) async throws {
      try await world.flush()
      held = [:]
      for consumer in alive {
        _ = try await client.redis.run(
          Scripts.heartbeat, keys: key, arguments: [RedisArgument(consumer)])
      }
      try await limit()
      try await client.push(Array(open.values), to: queue, respectingBound: false)
    }

    func limit() async throws {
      try await client.write(
        QueueSettings(limits: QueueLimits(concurrency: 12, window: 6)), of: queue)
    }

    func promote() async throws {
      _ = try await client.redis.run(Scripts.promote, keys: key, arguments: [0, 100])
    }
  }

  @Test(arguments: 0..<6)
  func randomSequencesKeepThePromises(_ round: Int) async throws {
    let seed = UInt64.random(in: 0 ... .max)
    try await World.run { (world: World) async throws -> Void in
      var run = Run(client: world.client, random: SeededGenerator(seed: seed))
      run.limits = ["a": 1, "b": 3]
      try await run.limit()
      var pushed = 0
      for step in 0..<400 {
        switch Int.random(in: 0...20, using: &run.random) {
        case 0...3: try await run.push()
        case 4...10: try await run.fetch()
        case 11...17: try await run.settle()
        case 18: try await run.promote()
        case 19: try await run.loseWorker()
        default: if step % 3 == 0 { try await run.lose(world) }
        }
      }
      pushed = run.open.count + run.ended.count
      // Everything comes to its end.
      for _ in 0..<20_000 where !run.open.isEmpty {
        try await run.promote()
        try await run.fetch()
        try await run.settle()
      }
      #expect(run.open.isEmpty, "lost: \(run.open.count) jobs, seed \(seed)")
      #expect(run.ended.count == pushed)
      let wrong = try await world.client.check()
      #expect(wrong.isEmpty, "\(wrong), seed \(seed)")
      let left = try await world.status("model")
      #expect(left.depth == 0 && left.running == 0 && left.scheduled == 0, "seed \(seed)")
    }
  }
}
