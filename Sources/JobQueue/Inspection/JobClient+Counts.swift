import Foundation
import Postgres

/// How many jobs of one kind a queue holds, durable ones.
public struct JobTypeCount: Sendable, Equatable {
  /// The kind.
  public var name: String
  /// Waiting for a worker, or in one's hands.
  public var queued: Int
  /// Waiting for their time.
  public var scheduled: Int
  /// Out of attempts.
  public var dead: Int
}

extension JobClient {
  /// How many jobs a filter finds in all, whatever its start, limit and cursor.
  public func count(_ filter: JobFilter) async throws -> Int {
    var whole = filter
    whole.before = nil
    let running = try await runningJobs()
    let wanted = Self.conditions(whole)
    let live = wanted + [liveCondition(filter.state, running: Array(running.keys))]
    let ended = wanted + [endedCondition(filter.state)]
    let rows = try await postgres.query(
      """
      SELECT (SELECT count(*) FROM jobs WHERE \(sql: live.joined(separator: " AND ")))
        + (SELECT count(*) FROM job_history WHERE \(sql: ended.joined(separator: " AND "))) AS n
      """)
    return try rows.first?.decode("n") ?? 0
  }

  /// What kinds of durable jobs a queue holds, by name.
  public func counts(queue: String) async throws -> [JobTypeCount] {
    let now = clock.now
    let rows = try await postgres.query(
      """
      SELECT name, count(*) FILTER (WHERE state <> 2 AND (run_at IS NULL OR run_at <= \(now))) AS queued,
        count(*) FILTER (WHERE state <> 2 AND run_at > \(now)) AS scheduled,
        count(*) FILTER (WHERE state = 2) AS dead
      FROM jobs WHERE queue = \(queue) GROUP BY name ORDER BY name
      """)
    return try rows.map {
      JobTypeCount(
        name: try $0.decode("name"), queued: try $0.decode("queued"),
        scheduled: try $0.decode("scheduled"), dead: try $0.decode("dead"))
    }
  }
}
