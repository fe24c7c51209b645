import Foundation
import Logging
import Postgres
import Redis

/// Something in a queue that does not fit together.
public struct Inconsistency: Sendable, Codable, Equatable {
  /// The queue.
  public var queue: String
  /// What kind, in one word.
  public var kind: String
  /// How often.
  public var count: Int
  /// In words, for the operator.
  public var explanation: String
  /// Whether it was mended.
  public var isMended: Bool
}

extension JobClient {
  /// Looks whether everything that Redis holds of the queues fits together, and with PostgreSQL.
  ///
  /// Each queue is looked at in one script, so nothing moves meanwhile; a queue of more than
  /// `limit` entries is reported as too large instead.
  ///
  /// - Parameters:
  ///   - repair: mend what is found. Safe at any time.
  ///   - limit: how many entries of a queue are looked at most.
  /// - Returns: what does not fit; empty when all is well.
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
    // Rows younger than a moment may be on their way from their enqueuer.
    let missing = try await missingJobs(olderThan: Date().addingTimeInterval(-2))
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
    "large": "too many entries to look at in one go",
    "running": "lanes whose count of jobs under way is wrong",
    "laned": "the count of jobs in lanes is wrong",
    "lost-lane": "lanes with jobs whose turn never comes",
    "idle-lane": "lanes that are remembered though they are empty",
    "orphan": "durable jobs marked as queued that are nowhere in the queue",
    "unmarked": "durable jobs that are queued and not marked so",
    "unowned": "leases of jobs that are gone",
  ]

  /// Durable jobs to be done that Redis does not know, by queue, in order of their ids.
  func missingJobs(olderThan instant: Date) async throws -> [String: [JobID]] {
    var missing: [String: [JobID]] = [:]
    var last = JobID(high: 0, low: 0)
    while true {
      let page = try await postgres.query(
        "SELECT id, queue FROM jobs WHERE id > \(last) AND state = 0 ORDER BY id LIMIT 2000")
      var queues: [String: [JobID]] = [:]
      for row in page {
        let id: JobID = try row.decode("id")
        last = id
        if id.madeAt < instant { queues[try row.decode("queue"), default: []].append(id) }
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

  /// Pushes jobs that Redis does not know. Returns how many it took.
  @discardableResult
  func push(missing: [String: [JobID]]) async throws -> Int {
    var pushed = 0
    for ids in missing.values {
      for start in stride(from: 0, to: ids.count, by: 2000) {
        let rows = try await postgres.query(
          """
          SELECT \(sql: JobRow.columns) FROM jobs
          WHERE id = ANY(\(ids[start..<min(start + 2000, ids.count)].map(\.uuid))) AND state = 0
          ORDER BY id
          """)
        pushed += try await push(rows: rows.map { try JobRow($0) }, repaired: true)
      }
    }
    return pushed
  }
}
