import Foundation
import Logging
import Redis

extension Worker {
  /// Stops handlers whose time is over.
  func watchdogLoop() async {
    while !Task.isCancelled {
      var next = Duration.seconds(60)
      let now = ContinuousClock.now
      for slot in slots {
        let (jobs, since) = slot.state.withLock { ($0.jobs, $0.since) }
        guard let since, let limit = jobs.map(\.entry.timeoutMilliseconds).filter({ $0 > 0 }).min()
        else { continue }
        let left = Duration.milliseconds(limit) - (now - since)
        if left <= .zero {
          let ids = Set(jobs.map(\.entry.id))
          slot.cancel(.timeout) { ids.contains($0.entry.id) }
        } else {
          next = min(next, left)
        }
      }
      await watch.wait(atMost: next)
    }
  }

  /// Hears what is said to all workers.
  func controlLoop(_ connection: RedisConnection) async {
    var last = "$"
    while !Task.isCancelled {
      do {
        if last == "$" { last = try await recentControl(connection) }
        let reply = try await connection.send(
          [
            "XREAD", "COUNT", 1000, "BLOCK", 5000, "STREAMS", RedisArgument(client.keys.control),
            RedisArgument(last),
          ], timeout: .seconds(10))
        guard let entries = reply.array?.first?.array?.last?.array else { continue }
        last = hear(entries) ?? last
      } catch {
        if Task.isCancelled { return }
        await drainOrSleep(.seconds(1))
      }
    }
  }

  /// What was said before this worker began to listen: jobs cancelled then may come to it still.
  private func recentControl(_ connection: RedisConnection) async throws -> String {
    let reply = try await connection.send(
      "XREVRANGE", RedisArgument(client.keys.control), "+", "-", "COUNT", 10_000)
    return hear((reply.array ?? []).reversed()) ?? "0"
  }

  /// Follows entries of the control stream. Returns the last one's id.
  private func hear(_ entries: [RedisValue]) -> String? {
    var last: String?
    for entry in entries {
      guard let pair = entry.array, pair.count == 2 else { continue }
      last = pair[0].text
      guard let fields = pair[1].array, fields.count >= 2, let subject = fields[1].text else {
        continue
      }
      switch fields[0].text {
      case "cancel":
        guard let id = JobID(subject) else { continue }
        cancelled.insert(id)
        for slot in slots { slot.cancel(.cancelled) { $0.entry.id == id } }
      case "again":
        if let id = JobID(subject) { cancelled.remove(id) }
      case "pause": life.withLock { _ = $0.paused.insert(subject) }
      case "resume": life.withLock { _ = $0.paused.remove(subject) }
      default: continue
      }
    }
    return last
  }

  private func drainOrSleep(_ time: Duration) async {
    // The sleep of a cancelled task ends at once; the loop then sees the cancellation.
    do { try await Task.sleep(for: time) } catch {}
  }

  /// Takes over from dead workers, seldomer than schedulers do: no single role is vital.
  func reapLoop() async {
    let reaper = Reaper(
      client: client, leaseTime: configuration.leaseTime, poisonKills: configuration.poisonKills,
      logger: logger)
    while !Task.isCancelled {
      await drainOrSleep(.seconds(Double.random(in: 2...3)))
      if Task.isCancelled { return }
      await reaper.reap(configuration.queues.map(\.name))
    }
  }

  /// Runs a job that was under way in workers that died, alone among its like, and leaves a mark in
  /// Redis first: if this worker dies too, the mark says who it was.
  func withSuspect(_ delivery: Delivery, _ body: () async throws -> Void) async throws {
    await suspects.enter()
    defer { suspects.leave() }
    let key = RedisArgument(client.keys.base(delivery.queue) + "suspects")
    _ = try await client.redis.send("HSET", key, RedisArgument(delivery.streamID), 1)
    try await body()
    _ = try await client.redis.send("HDEL", key, RedisArgument(delivery.streamID))
  }
}
