public import Foundation
import Logging
import Redis

/// A job that is not due yet.
public struct ScheduledJob: Sendable {
  /// The job's id.
  public var id: JobID
  /// The name of the job's kind.
  public var name: String
  /// The queue's name.
  public var queue: String
  /// When it is due, by the clock of jobs.
  public var due: Date
  /// Whether an attempt has failed and it waits for the next.
  public var isRetry: Bool
  /// The attempts that failed.
  public var attempts: Int
  /// The failures after which it is dead.
  public var maxAttempts: Int
}

/// The jobs that are not due yet, by the time at which they are.
public struct JobSchedule: Sendable {
  /// The beginning of the first slot: now.
  public var begin: Date
  /// The seconds of a slot.
  public var step: Int
  /// The jobs due in each slot, those overdue in the first.
  public var slots: [Int]
  /// The jobs due after the slots.
  public var later: Int
  /// The jobs in all.
  public var total: Int { slots.reduce(later, +) }
}

extension JobClient {
  /// The places of a queue where jobs wait for their time.
  private static let places = ["scheduled", "retrying"]

  /// The queue that is asked for, or all.
  private func names(_ queue: String?) async throws -> [String] {
    if let queue { return [queue] }
    return try await queueNames()
  }

  /// Counts the jobs that are not due yet by the time at which they are.
  ///
  /// - Parameter queue: nil for all queues.
  /// - Throws: when Redis is out of reach.
  public func schedule(
    queue: String? = nil, step: Int = 60, slots: Int = 60
  ) async throws -> JobSchedule {
    let names = try await names(queue)
    let begin = clock.now
    func edge(_ slot: Int) -> RedisArgument {
      RedisArgument("\(begin.addingTimeInterval(Double(slot * step)).milliseconds)")
    }
    func before(_ slot: Int) -> RedisArgument {
      RedisArgument("(\(begin.addingTimeInterval(Double(slot * step)).milliseconds)")
    }
    var commands: [[RedisArgument]] = []
    for name in names {
      for place in Self.places {
        let key = RedisArgument(keys.base(name) + place)
        for slot in 0..<slots {
          commands.append(["ZCOUNT", key, slot == 0 ? "-inf" : edge(slot), before(slot + 1)])
        }
        commands.append(["ZCOUNT", key, edge(slots), "+inf"])
      }
    }
    var counts = Array(repeating: 0, count: slots + 1)
    for (index, reply) in try await redis.pipeline(commands).enumerated() {
      counts[index % (slots + 1)] += Int(try reply.get().int ?? 0)
    }
    return JobSchedule(
      begin: begin, step: step, slots: Array(counts.dropLast()), later: counts[slots])
  }

  /// The jobs that are not due yet, the next first.
  ///
  /// - Parameters:
  ///   - queue: nil for all queues.
  ///   - start: The number of jobs to skip, at most 2,000.
  ///   - limit: The most jobs to list, at most 1,000.
  /// - Throws: when Redis is out of reach.
  public func scheduled(
    queue: String? = nil, start: Int = 0, limit: Int = 30
  ) async throws -> [ScheduledJob] {
    let names = try await names(queue)
    let (start, limit) = (max(0, min(start, 2000)), max(0, min(limit, 1000)))
    guard limit > 0 else { return [] }
    let places = names.flatMap { name in Self.places.map { (name, $0) } }
    let replies = try await redis.pipeline(
      places.map {
        [
          "ZRANGE", RedisArgument(keys.base($0.0) + $0.1), 0, RedisArgument(start + limit - 1),
          "WITHSCORES",
        ]
      })
    var jobs: [ScheduledJob] = []
    for ((queue, place), reply) in zip(places, replies) {
      let values = try reply.get().array ?? []
      for index in stride(from: 0, to: values.count - 1, by: 2) {
        guard let bytes = values[index].bytes, let due = values[index + 1].double else { continue }
        do {
          let entry = try QueueEntry(parsing: bytes)
          jobs.append(
            ScheduledJob(
              id: entry.id, name: entry.name, queue: queue,
              due: Date(timeIntervalSince1970: due / 1000), isRetry: place == "retrying",
              attempts: entry.attempt, maxAttempts: entry.maxAttempts))
        } catch {
          logger.notice("An unreadable entry is scheduled", metadata: ["queue": "\(queue)"])
        }
      }
    }
    return Array(jobs.sorted { ($0.due, $0.id) < ($1.due, $1.id) }.dropFirst(start).prefix(limit))
  }

  /// Lets a job that is scheduled, or waits for its next attempt, run at once.
  ///
  /// - Throws: ``JobError/conflict(_:_:)`` when it waits for no time, ``JobError/notFound(_:)``, or a server's error.
  public func runNow(_ id: JobID) async throws {
    // The row first: if Redis fails, the next repair pushes it as due.
    let queue = try await DurableStore.hasten(id, now: clock.now, on: postgres)
    for name in try await names(queue) {
      let reply = try await redis.run(
        Scripts.hasten, keys: [RedisArgument(keys.base(name))],
        arguments: [RedisArgument(id.description)])
      if reply.int == 1 { return }
    }
    if queue != nil { return }
    if let known = try await durableStatus(id) {
      throw JobError.conflict(id, "it is \(known.state.rawValue)")
    }
    throw JobError.notFound(id)
  }
}
