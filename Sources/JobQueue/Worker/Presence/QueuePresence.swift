import Foundation
import Logging
import Redis

/// A worker's membership in its queues: renewed by heartbeats, lost when they stop, ended by deregistration.
struct QueuePresence: Sendable {
  let client: JobClient
  let queues: [String]
  let leaseTime: Duration
  let lease: Lease
  let paused: PausedQueues
  let report: WorkerReport
  let buffer: PrefetchBuffer
  let inFlight: InFlightJobs
  let slots: SlotPool
  let health: BackendHealth
  let shutdown: Shutdown
  let logger: Logger

  /// Sends one heartbeat to all queues.
  ///
  /// If this worker was declared dead meanwhile (it was stopped, or cut off), others have its jobs: handlers are told
  /// to stop and the worker goes on under a new consumer name.
  func renew() async {
    let consumer = lease.consumer
    let pauseChanges = paused.changes
    let calls = queues.map {
      (keys: [RedisArgument(client.keys.base($0))], arguments: [RedisArgument(consumer)])
    }
    let now = client.clock.real
    var commands = calls.map { Scripts.heartbeat.call(keys: $0.keys, arguments: $0.arguments) }
    commands.append(
      [
        "ZADD", RedisArgument(client.keys.workers), RedisArgument(now.milliseconds),
        RedisArgument(lease.id),
      ])
    commands.append(
      [
        "SET", RedisArgument(client.keys.worker(lease.id)), RedisArgument(report.json(now: now)),
        "EX",
        RedisArgument(max(10, Int(leaseTime.seconds * 3))),
      ])
    commands.append(
      ["SADD", RedisArgument(client.keys.queues)] + queues.map { RedisArgument($0) })
    commands.append(["TIME"])
    do {
      let sent = Date()
      var replies = try await client.redis.pipeline(commands, timeout: leaseTime)
      noteClock(replies.last, between: sent, and: Date())
      if case .failure(let error) = replies[0], error.serverPrefix == "NOSCRIPT" {
        replies = try await client.redis.pipeline(Scripts.heartbeat, calls: calls)
      }
      // Entries read under the old name after others had taken over go back at once.
      if try apply(replies, pauseChanges) { await requeueAll(of: consumer) }
    } catch {
      health.away(.redis, error)
    }
  }

  /// Compares this machine's clock with Redis's, whose time came between two of its readings.
  private func noteClock(
    _ reply: Result<RedisValue, RedisError>?, between sent: Date, and received: Date
  ) {
    guard case .success(let value)? = reply, let parts = value.array, parts.count == 2,
      let seconds = parts[0].text.flatMap(Double.init),
      let micros = parts[1].text.flatMap(Double.init)
    else { return }
    let middle = (sent.timeIntervalSince1970 + received.timeIntervalSince1970) / 2
    lease.note(clockAhead: middle - seconds - micros / 1e6)
  }

  /// Sends the first heartbeats, until Redis has accepted one or the worker stops. Which queues are paused is not known
  /// before.
  func join() async {
    var failures = 0
    while lease.renewedAt == nil, !shutdown.isDraining {
      await renew()
      if lease.renewedAt != nil { return }
      failures += 1
      await shutdown.wait(atMost: BackendHealth.pause(afterFailures: failures))
    }
  }

  /// Applies the replies to a heartbeat. Returns whether the lease was lost.
  private func apply(
    _ replies: [Result<RedisValue, RedisError>], _ pauseChanges: Int
  ) throws -> Bool {
    var pausedNames: Set<String> = []
    var isLost = false
    for (queue, reply) in zip(queues, replies) {
      let answer = try reply.get().array ?? []
      if answer.first?.int == 0 { isLost = true }
      if answer.last?.int == 1 { pausedNames.insert(queue) }
    }
    health.back(.redis)
    paused.replace(with: pausedNames, unlessChangedSince: pauseChanges)
    lease.renew()
    guard isLost, !shutdown.isAbandoned else { return false }
    lease.lose()
    logger.warning("The lease was lost: others have taken this worker's jobs over")
    _ = buffer.withdraw()
    inFlight.clear()
    slots.cancel(.leaseLost)
    return true
  }

  /// Offers jobs of unknown kinds again: a worker that starts may know kinds that others did not.
  func retryUnknown() async {
    for queue in queues {
      do {
        _ = try await client.redis.run(
          Scripts.retryUnknown, keys: [RedisArgument(client.keys.base(queue))],
          arguments: [10_000])
      } catch {
        // They come back by themselves, only later.
        logger.debug("Unknown jobs were not offered again", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Gives everything back and leaves the queues.
  func deregister() async {
    await requeueAll(of: lease.consumer)
    do {
      _ = try await client.redis.pipeline([
        ["ZREM", RedisArgument(client.keys.workers), RedisArgument(lease.id)],
        ["DEL", RedisArgument(client.keys.worker(lease.id))],
      ])
    } catch {
      logger.debug("The worker's entry stays until it expires", metadata: ["error": "\(error)"])
    }
  }

  /// Gives back all that a consumer of this worker holds, and removes it from the groups.
  private func requeueAll(of consumer: String) async {
    for queue in queues {
      do {
        var moved: Int64
        repeat {
          moved =
            try await client.redis.run(
              Scripts.deregister, keys: [RedisArgument(client.keys.base(queue))],
              arguments: [RedisArgument(consumer), 1000]
            ).int ?? 0
        } while moved >= 1000
      } catch {
        logger.warning(
          "Not deregistered: others will take this worker's jobs over when its lease ends",
          metadata: ["queue": "\(queue)", "error": "\(error)"])
      }
    }
  }
}
