import Foundation
import Logging
import Redis
import Synchronization

extension Worker {
  /// How long ends of jobs gather after others were told of.
  static let gathering = Duration.milliseconds(1)

  /// Tells Redis what became of jobs: one script for all of a queue that are done, one call in a
  /// common pipeline for each other.
  ///
  /// A moment passes between two rounds: with single jobs nothing waits for it, with many a round
  /// takes what a thousand would have cost one by one. Redis holds the entries meanwhile.
  func acknowledgeLoop() async {
    while let settlements = await unacknowledged.takeAll() {
      var failures = 0
      while !isAbandoned {
        do {
          try await acknowledge(settlements)
          holdings.remove(settlements)
          break
        } catch {
          // Every script acts only on entries that this worker still holds, so all may be sent
          // again.
          failures += 1
          outages.away(.redis, error)
          if isDraining, failures > 20 { break }
          await drain.wait(atMost: .milliseconds(min(2000, 50 << min(failures, 6))))
        }
      }
      // When it is cancelled the rounds only get smaller.
      do { try await Task.sleep(for: Self.gathering) } catch {}
    }
    settled.store(true, ordering: .releasing)
  }

  private func acknowledge(_ settlements: [Settlement]) async throws {
    var done: [String: [Delivery]] = [:]
    var dropped: [String: [Delivery]] = [:]
    var others: [Settlement] = []
    // Most settlements of a moment belong to one queue.
    for settlement in settlements {
      switch settlement.action {
      case .done: done[settlement.delivery.queue, default: []].append(settlement.delivery)
      case .drop: dropped[settlement.delivery.queue, default: []].append(settlement.delivery)
      case .retry, .dead, .back: others.append(settlement)
      }
    }
    for (what, queues) in [("done", done), ("dropped", dropped)] {
      for (queue, deliveries) in queues {
        var start = 0
        while start < deliveries.count {
          let end = min(start + JobClient.chunk, deliveries.count)
          try await finish(deliveries[start..<end], as: what, in: queue)
          start = end
        }
      }
    }
    if !others.isEmpty { try await giveBack(others) }
    outages.back(.redis)
  }

  private func finish(
    _ deliveries: ArraySlice<Delivery>, as what: String, in queue: String
  ) async throws {
    var plain: [RedisArgument] = []
    var further: [RedisArgument] = []
    plain.reserveCapacity(deliveries.count)
    for delivery in deliveries {
      let entry = delivery.entry
      if !entry.isDurable, delivery.lane == nil, entry.uniqueKey == nil {
        plain.append(RedisArgument(delivery.streamID))
      } else {
        further.append(RedisArgument(delivery.streamID))
        further.append(entry.isDurable ? RedisArgument(entry.id.description) : "")
        further.append(RedisArgument(delivery.lane ?? ""))
        further.append(RedisArgument(entry.uniqueKey.map(HeaderText.escape) ?? ""))
      }
    }
    let arguments: [RedisArgument] = [RedisArgument(what), RedisArgument(plain.count)]
    let ended = try await client.redis.run(
      Scripts.finish, keys: [RedisArgument(client.keys.base(queue))],
      arguments: arguments + plain + further)
    if let count = ended.int, count < deliveries.count {
      logger.notice(
        "Jobs ended that were no longer this worker's",
        metadata: ["queue": "\(queue)", "jobs": "\(deliveries.count - Int(count))"])
    }
  }

  /// Hands back jobs that nobody has begun.
  func handBack(_ deliveries: [Delivery]) async {
    unacknowledged.put(deliveries.map { Settlement($0, .back(after: .zero)) })
  }

  private func giveBack(_ settlements: [Settlement]) async throws {
    let offset = RedisArgument(client.clock.offset.milliseconds)
    var backs: [(keys: [RedisArgument], arguments: [RedisArgument])] = []
    var deaths: [(keys: [RedisArgument], arguments: [RedisArgument])] = []
    for settlement in settlements {
      let delivery = settlement.delivery
      let key = [RedisArgument(client.keys.base(delivery.queue))]
      var entry = delivery.entry
      func back(_ place: String, _ delay: Duration, _ what: String) {
        backs.append(
          (
            key,
            [
              RedisArgument(delivery.streamID), RedisArgument(delivery.lane ?? ""),
              RedisArgument(bytes: entry.encoded()), RedisArgument(place),
              RedisArgument(max(0, delay.milliseconds)), offset, RedisArgument(what),
            ]
          ))
      }
      switch settlement.action {
      case .retry(_, let delay):
        entry.attempt += 1
        // Dying workers and failing handlers are counted apart; an attempt that came to an end
        // shows that the job does not kill.
        entry.kills = 0
        back("retrying", delay, "retried")
      case .back(let delay):
        // A commit whose answer was lost may have ended the job.
        entry.isRepaired = entry.isDurable
        back(delay > .zero ? "retrying" : "ready", delay, "")
      case .dead:
        entry.attempt += 1
        deaths.append(
          (
            key,
            [
              RedisArgument(delivery.streamID), RedisArgument(delivery.lane ?? ""),
              RedisArgument(bytes: entry.encoded()),
              entry.isDurable ? RedisArgument(entry.id.description) : "",
              RedisArgument(entry.uniqueKey.map(HeaderText.escape) ?? ""),
            ]
          ))
      case .done, .drop: break
      }
    }
    for (script, calls) in [(Scripts.giveBack, backs), (Scripts.bury, deaths)] where !calls.isEmpty
    {
      for reply in try await client.redis.pipeline(script, calls: calls) { _ = try reply.get() }
    }
  }
}
