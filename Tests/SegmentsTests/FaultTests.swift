import Foundation
import JobQueue
import Postgres
import Redis
import TestSupport
import Testing

@testable import Segments

/// Servers that fail midway do not change the outcome.
@Suite struct FaultTests {
  /// Everything that runs in production, in one process.
  private func running(_ bed: SegmentBed, _ body: () async throws -> Void) async throws {
    let scheduler = Scheduler(
      client: bed.jobs, periodic: SegmentJobs.periodic, logger: .silent)
    let task = Task { try await scheduler.run() }
    let result: Result<Void, any Error>
    do {
      result = .success(try await bed.working(workers: 2, waker: true) { try await body() })
    } catch {
      result = .failure(error)
    }
    task.cancel()
    do { try await task.value } catch is CancellationError {}
    try result.get()
  }

  /// Fills twelve ranges with contacts, and adds segments that reference each other.
  private func fill(_ bed: SegmentBed) async throws {
    try await bed.pool.query(
      """
      INSERT INTO contacts (id, date_added, points)
      SELECT n * 977, \(SegmentBed.start), n % 100 FROM generate_series(1, 400) AS n
      """)
    try await bed.segment(1, points("gte", 50))
    try await bed.segment(2, points("lt", 80), members("in", 1))
    try await bed.segment(3, members("!in", 2))
    try await bed.segment(4)
    try await bed.segment(5, members("in", 4), points("gte", 20))
  }

  private func change(_ bed: SegmentBed, _ round: Int) async throws {
    for part in 0..<8 {
      let ids = (0..<50).map { Int64(($0 * 8 + part) % 400 + 1) * 977 }
      // The test's own connection may be lost too; nothing was done then.
      try await persistently {
        try await bed.change(
          ids, "points = (id / 977 * \(round + 3) + \(part)) % 100", [.column("points")])
      }
    }
    let some = (0..<20).map { Int64(($0 * 19 + round) % 400 + 1) * 977 }
    try await persistently { try await bed.add(some, to: 4) }
    try await persistently { try await bed.remove(Array(some.prefix(5)), from: 1) }
  }

  /// Repeats a transaction until it succeeds.
  private func persistently(_ body: () async throws -> Void) async throws {
    let isDone = await eventually(within: .seconds(20)) {
      do {
        try await body()
        return true
      } catch {
        return false
      }
    }
    try #require(isDone)
  }

  /// Waits until no work is left, and compares the members with the expected ones.
  private func check(_ bed: SegmentBed, _ place: String) async throws {
    let isQuiet = await eventually(within: .seconds(60)) {
      do {
        return try await bed.texts(
          """
          SELECT 'mark' FROM contact_changes
          UNION ALL SELECT name FROM jobs
          WHERE name IN ('segment.rebuild', 'segment.range', 'segment.finish', 'segment.run')
          UNION ALL SELECT 'run' FROM segment_runs WHERE ended_at IS NULL
          """) == []
      } catch {
        return false
      }
    }
    #expect(isQuiet, "\(place)")
    for (segment, condition) in [
      (1, "c.points >= 50"),
      (2, "c.points < 80 AND EXISTS (SELECT FROM m WHERE s = 1 AND x = c.id)"),
      (3, "NOT EXISTS (SELECT FROM m WHERE s = 2 AND x = c.id)"), (4, "false"),
      (5, "c.points >= 20 AND EXISTS (SELECT FROM m WHERE s = 4 AND x = c.id)"),
    ] as [(Int64, SQL)] {
      let wrong = try await bed.texts(
        """
        WITH m AS (SELECT segment_id AS s, contact_id AS x FROM segment_members
          WHERE NOT manually_removed)
        SELECT concat_ws(' ', c.id, c.points, e.contact_id IS NOT NULL) FROM contacts AS c
          LEFT JOIN segment_members AS e ON e.contact_id = c.id AND e.segment_id = \(segment)
        WHERE (e.contact_id IS NULL OR NOT e.manually_added AND NOT e.manually_removed)
          AND (\(sql: condition)) <> (e.contact_id IS NOT NULL)
        """)
      #expect(wrong.isEmpty, "\(place), segment \(segment): \(wrong.prefix(5))")
    }
    // The history explains the state of each membership.
    let untold = try await bed.texts(
      """
      SELECT concat_ws(' ', contact_id, segment_id) FROM (
        SELECT contact_id, segment_id, CASE WHEN entered THEN 1 ELSE -1 END AS n
        FROM segment_history
        UNION ALL SELECT contact_id, segment_id, -1 FROM segment_members
        WHERE NOT manually_removed
      ) AS all_moves GROUP BY contact_id, segment_id HAVING sum(n) <> 0
      """)
    #expect(untold.isEmpty, "\(place): \(untold.prefix(5))")
  }

  @Test("Redis is flushed during rebuilds and refreshes")
  func emptiedRedis() async throws {
    try await SegmentBed.with { bed in
      try await fill(bed)
      try await running(bed) {
        for round in 0..<3 {
          try await change(bed, round)
          try await bed.jobs.transaction(at: bed.now) { transaction in
            try await SegmentRebuilds.requestAll(in: transaction)
          }
          try await bed.flushRedis()
          try await change(bed, round + 10)
          try await bed.flushRedis()
          try await check(bed, "round \(round)")
        }
      }
    }
  }

  @Test("All database sessions are terminated during rebuilds and refreshes")
  func endedSessions() async throws {
    try await SegmentBed.with { bed in
      try await fill(bed)
      try await running(bed) {
        for round in 0..<3 {
          try await change(bed, round)
          try await persistently {
            _ = try await bed.jobs.transaction(at: bed.now) { transaction in
              try await SegmentRebuilds.requestAll(in: transaction)
            }
          }
          for _ in 0..<3 {
            // Wait until work is in progress again.
            _ = await eventually(within: .seconds(2)) { await bed.isSomethingUnderWay() }
            await bed.endSessions()
            try await change(bed, round + 10)
          }
          try await check(bed, "round \(round)")
        }
      }
    }
  }
}

extension SegmentBed {
  /// Removes everything under the prefix, as FLUSHALL would.
  fileprivate func flushRedis() async throws {
    let script = "for _, k in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', k) end"
    _ = try await redis.connection.send("EVAL", RedisArgument(script), 0, "*\(redis.prefix)*")
  }

  /// Terminates every session but the caller's.
  fileprivate func endSessions() async {
    do {
      try await pool.query(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
        """)
    } catch {
      // Another run of this function terminated it.
    }
  }

  fileprivate func isSomethingUnderWay() async -> Bool {
    do {
      return try await !pool.query(
        """
        SELECT FROM pg_stat_activity WHERE datname = current_database()
          AND pid <> pg_backend_pid() AND state <> 'idle'
        """
      ).isEmpty
    } catch {
      return false
    }
  }
}
