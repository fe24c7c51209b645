import Foundation
import Logging
import Redis

extension Worker {
  /// Says regularly that the worker lives, from a thread of its own: handlers that occupy all
  /// threads of Swift's pool do not delay it.
  func heartbeatLoop() async {
    await withTaskExecutorPreference(heart) {
      await beat()
      await recall()
      while await heart.tick(), !isAbandoned {
        await beat()
        releaseStale()
      }
    }
  }

  /// One heartbeat in all queues. If this worker was declared dead meanwhile (it was stopped, or
  /// cut off), its jobs are others' now: handlers are told to stop and it goes on under a new name.
  func beat() async {
    let consumer = consumer
    var commands = configuration.queues.map {
      Scripts.heartbeat.call(
        keys: [RedisArgument(client.keys.base($0.name))], arguments: [RedisArgument(consumer)])
    }
    commands.append(["ZADD", RedisArgument(client.keys.workers), stamp, RedisArgument(id)])
    commands.append(
      [
        "SET", RedisArgument(client.keys.worker(id)), RedisArgument(status()), "EX",
        RedisArgument(max(10, Int(configuration.leaseTime.seconds * 3))),
      ])
    commands.append(
      ["SADD", RedisArgument(client.keys.queues)]
        + configuration.queues.map { RedisArgument($0.name) })
    do {
      var replies = try await client.redis.pipeline(commands, timeout: configuration.leaseTime)
      if case .failure(let error) = replies[0], error.serverPrefix == "NOSCRIPT" {
        let calls = configuration.queues.map {
          (
            keys: [RedisArgument(client.keys.base($0.name))],
            arguments: [RedisArgument(consumer)]
          )
        }
        replies = try await client.redis.pipeline(Scripts.heartbeat, calls: calls)
      }
      // What was read under the old name after others had taken over goes back at once.
      if try hear(replies) { await leave(consumer) }
    } catch {
      outages.away(.redis, error)
    }
  }

  private var stamp: RedisArgument { RedisArgument(Date().milliseconds) }

  /// Follows the answers to a heartbeat. Returns whether the lease was lost.
  private func hear(_ replies: [Result<RedisValue, RedisError>]) throws -> Bool {
    var paused: Set<String> = []
    var isLost = false
    for (queue, reply) in zip(configuration.queues, replies) {
      let answer = try reply.get().array ?? []
      if answer.first?.int == 0 { isLost = true }
      if answer.last?.int == 1 { paused.insert(queue.name) }
    }
    outages.back(.redis)
    life.withLock {
      $0.paused = paused
      $0.lastHeartbeat = Date()
    }
    guard isLost, !isAbandoned else { return false }
    let name = identity.rename()
    life.withLock { $0.consumer = name }
    logger.warning("The lease was lost: others have taken this worker's jobs over")
    _ = backlog.withdraw()
    holdings.clear()
    for slot in slots { slot.cancel(.leaseLost) }
    return true
  }

  /// Jobs fetched ahead that no slot came to within a second go back: the jobs before them turned
  /// out to be long, and another worker may be idle.
  private func releaseStale() {
    let stale = backlog.withdraw(before: .now - .seconds(1))
    unacknowledged.put(stale.map { Settlement($0, .back(after: .zero)) })
  }

  /// A worker that starts may know kinds that others did not.
  private func recall() async {
    for queue in configuration.queues {
      do {
        _ = try await client.redis.run(
          Scripts.recall, keys: [RedisArgument(client.keys.base(queue.name))], arguments: [10_000])
      } catch {
        // They come back by themselves, only later.
        logger.debug("Unknown jobs were not recalled", metadata: ["error": "\(error)"])
      }
    }
  }

  /// Hands everything back and leaves the queues.
  func goodbye() async {
    await leave(consumer)
    do {
      _ = try await client.redis.pipeline([
        ["ZREM", RedisArgument(client.keys.workers), RedisArgument(id)],
        ["DEL", RedisArgument(client.keys.worker(id))],
      ])
    } catch {
      logger.debug("The worker's entry stays until it expires", metadata: ["error": "\(error)"])
    }
  }

  /// Hands back what a consumer of this worker holds, and removes it.
  private func leave(_ consumer: String) async {
    for queue in configuration.queues {
      do {
        var moved: Int64
        repeat {
          moved =
            try await client.redis.run(
              Scripts.goodbye, keys: [RedisArgument(client.keys.base(queue.name))],
              arguments: [RedisArgument(consumer), 1000]
            ).int ?? 0
        } while moved >= 1000
      } catch {
        logger.warning(
          "No goodbye: others will take this worker's jobs over when its lease ends",
          metadata: ["queue": "\(queue.name)", "error": "\(error)"])
      }
    }
  }

  /// What the worker says of itself, as JSON.
  private func status() -> String {
    let now = ContinuousClock.now
    var running: [WorkerStatus.RunningJob] = []
    for slot in slots {
      let (jobs, since) = slot.state.withLock { ($0.jobs, $0.since) }
      guard let since else { continue }
      for job in jobs.prefix(100) {
        running.append(
          WorkerStatus.RunningJob(
            id: job.entry.id, name: job.entry.name, queue: job.queue,
            attempt: job.entry.attempt + 1,
            since: Date().addingTimeInterval(-(now - since).seconds),
            progress: job.state.withLock { $0.progress }))
      }
    }
    let status = WorkerStatus(
      id: id, host: identity.host, processID: identity.processID, startedAt: identity.startedAt,
      lastHeartbeat: Date(), queues: configuration.queues.map(\.name),
      concurrency: configuration.concurrency, isDraining: isDraining, running: running)
    do {
      return String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
    } catch {
      return "{}"
    }
  }
}
