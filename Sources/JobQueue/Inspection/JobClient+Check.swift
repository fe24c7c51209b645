import Foundation
import Logging
import Postgres
import Redis

/// A contradiction in the state of a queue in Redis and PostgreSQL.
public struct Inconsistency: Sendable, Codable, Equatable {
  /// The queue's name.
  public var queue: String
  /// The kind of contradiction, a word such as `orphan`.
  public var kind: String
  /// The number of occurrences.
  public var count: Int
  /// The kind in words, for the operator.
  public var explanation: String
  /// Whether it was repaired.
  public var isMended: Bool
}

extension JobClient {
  /// Checks the queues' keys in Redis against each other and against PostgreSQL.
  ///
  /// Each queue is checked in one script, so nothing moves meanwhile; a queue of more than `limit` entries is reported
  /// as too large instead.
  ///
  /// - Parameters:
  ///   - repair: repairs what is found. Safe at any time.
  ///   - limit: the maximum number of entries of a queue that are checked.
  /// - Returns: the contradictions; empty when all is well.
  /// - Throws: when Redis or PostgreSQL is out of reach.
  public func check(repair: Bool = false, limit: Int = 200_000) async throws -> [Inconsistency] {
    var found: [Inconsistency] = []
    for queue in try await queueNames() {
      let reply = try await redis.run(
        Scripts.check, keys: [RedisArgument(keys.base(queue))],
        arguments: [repair ? 1 : 0, RedisArgument(limit)], timeout: .seconds(60))
      let values = reply.array ?? []
      for index in stride(from: 0, to: values.count - 1, by: 2) {
        guard let kind = values[index].text, let count = values[index + 1].int else { continue }
        found.append(
          Inconsistency(
            queue: queue, kind: kind, count: Int(count),
            explanation: Self.explanations[kind] ?? kind, isMended: repair && kind != "large"))
      }
    }
    // The newest rows may still be on their way from their enqueuer.
    let missing = try await missingJobs(olderThan: clock.real.addingTimeInterval(-2))
    for (queue, ids) in missing.sorted(by: { $0.key < $1.key }) {
      found.append(
        Inconsistency(
          queue: queue, kind: "missing", count: ids.count,
          explanation: "durable jobs in PostgreSQL that Redis does not know", isMended: repair))
    }
    if repair { try await push(missing: missing) }
    return found
  }

  private static let explanations = [
    "large": "too many entries to check in one script",
    "running": "groups whose count of running jobs is wrong",
    "laned": "the count of jobs in groups is wrong",
    "lost-lane": "groups with jobs that are never dispatched",
    "idle-lane": "groups that are remembered though they are empty",
    "orphan": "durable jobs marked as queued that are nowhere in the queue",
    "unmarked": "durable jobs that are queued and not marked so",
    "unowned": "leases of jobs that are gone",
  ]

  /// The live durable jobs that Redis does not know, created before an instant, by queue, ordered by id.
  func missingJobs(olderThan instant: Date) async throws -> [String: [JobID]] {
    var missing: [String: [JobID]] = [:]
    var last = JobID(high: 0, low: 0)
    while true {
      let page = try await DurableStore.livePage(after: last, limit: 2000, on: postgres)
      last = page.last?.id ?? last
      var queues: [String: [JobID]] = [:]
      for job in page where job.id.madeAt < instant {
        queues[job.queue, default: []].append(job.id)
      }
      for (queue, ids) in queues {
        let reply = try await redis.send(
          [RedisArgument("SMISMEMBER"), RedisArgument(keys.base(queue) + "held")]
            + ids.map { RedisArgument($0.description) })
        for (id, known) in zip(ids, reply.array ?? []) where known.int == 0 {
          missing[queue, default: []].append(id)
        }
      }
      if page.count < 2000 { return missing }
      try Task.checkCancellation()
    }
  }

  /// Pushes jobs that Redis does not know. Returns the number that it accepted.
  @discardableResult
  func push(missing: [String: [JobID]]) async throws -> Int {
    var pushed = 0
    for ids in missing.values {
      for start in stride(from: 0, to: ids.count, by: 2000) {
        let rows = try await DurableStore.liveRows(
          ids[start..<min(start + 2000, ids.count)], on: postgres)
        pushed += try await push(rows: rows, repaired: true)
      }
    }
    return pushed
  }
}
