import Contacts
import Foundation
import JobQueue
import Postgres

/// Rebuilds of many segments, level by level: a level begins when all rebuilds of the one before have
/// ended, so that members of segments that others refer to are right by then (SEG-82).
enum RebuildRun {
  /// Writes a run and the job that begins it.
  static func open(
    except: [Int64]?, only: [Int64]?, by user: Int64?, now: Date, in outbox: JobOutbox,
    on connection: PostgresConnection
  ) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO segment_runs (except_segments, only_segments, created_by, started_at)
      VALUES (\(except), \(only), \(user), \(now)) RETURNING id
      """)
    guard let run: Int64 = try rows.first?.decode(at: 0) else {
      throw RebuildRefusal(description: "the run was not recorded")
    }
    try outbox.add(
      RunRebuilds(run: run),
      EnqueueOptions(object: JobSubject(type: "segment_run", id: run), createdBy: user))
    return run
  }

  /// Handles ``RunRebuilds``: finds the levels and begins the first.
  static func begin(_ job: RunRebuilds, _ context: JobContext, _ cache: SegmentSetCache)
    async throws
  {
    let now = context.clock.now
    try await context.complete { connection, outbox in
      try await SegmentLock.take(on: connection)
      let rows = try await connection.query(
        """
        SELECT except_segments, only_segments FROM segment_runs
        WHERE id = \(job.run) AND ended_at IS NULL AND levels IS NULL FOR UPDATE
        """)
      guard let row = rows.first else { return }
      let except: [Int64]? = try row.decode("except_segments")
      let only: [Int64]? = try row.decode("only_segments")
      let set = try await cache.current(on: connection, now: now)
      var known: Set<Int64> = []
      var levels: [[Step]] = []
      for level in set.order {
        levels.append(
          level.filter { id in
            known.insert(id)
            return set.entries[id]?.isPublished == true && except?.contains(id) != true
              && only?.contains(id) != false
          }.map { Step(segment: $0, takesIn: set.refersToUnpublished($0)) })
      }
      // Those whose filters cannot be read stand in no level; their rebuild says so.
      levels.append(
        set.entries.values.filter { !known.contains($0.id) && $0.isPublished }.map(\.id).sorted()
          .filter { except?.contains($0) != true && only?.contains($0) != false }
          .map { Step(segment: $0, takesIn: false) })
      try await next(job.run, levels.filter { !$0.isEmpty }, now, outbox, on: connection)
    }
  }

  /// One rebuild of a run.
  private struct Step: Codable {
    var segment: Int64
    var takesIn: Bool
  }

  /// Goes on with the runs that wait for a segment, where they wait for no other.
  static func advance(
    after segment: Int64, _ now: Date, _ outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    try await advance("\(segment) = ANY (waiting)", now, outbox, on: connection)
  }

  /// Goes on with all runs that wait for nothing any more, such as for a segment that was deleted.
  static func advanceAll(
    _ now: Date, _ outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    try await advance("true", now, outbox, on: connection)
  }

  private static func advance(
    _ condition: SQL, _ now: Date, _ outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    let runs = try await connection.query(
      """
      SELECT id, levels FROM segment_runs
      WHERE ended_at IS NULL AND levels IS NOT NULL AND \(sql: condition) ORDER BY id FOR UPDATE
      """)
    for row in runs {
      let id: Int64 = try row.decode("id")
      let open = try await connection.query(
        """
        SELECT FROM segment_runs AS run
          CROSS JOIN LATERAL unnest(run.segments, run.requests) AS asked (segment_id, request)
          JOIN segments AS s ON s.id = asked.segment_id
        WHERE run.id = \(id) AND s.id = ANY (run.waiting) AND s.is_published
          AND s.rebuilds_served < asked.request
        LIMIT 1
        """)
      guard open.isEmpty else { continue }
      let levels = try row.decode("levels", as: JSON.self).decode([[Step]].self)
      try await next(id, levels, now, outbox, on: connection)
    }
  }

  /// Asks for the rebuilds of the next level that has any, or ends the run.
  private static func next(
    _ run: Int64, _ levels: [[Step]], _ now: Date, _ outbox: JobOutbox,
    on connection: PostgresConnection
  ) async throws {
    var rest = levels[...]
    while let level = rest.popFirst() {
      let requests = try await SegmentRebuilds.count(level.map(\.segment), on: connection)
      guard !requests.isEmpty else { continue }
      let jobs = requests.map { request in
        let takesIn = level.first { $0.segment == request.segment }?.takesIn ?? false
        return RebuildSegment(segment: request.segment, takesIn: takesIn)
      }
      try await SegmentRebuilds.enqueue(jobs, in: outbox, on: connection)
      let segments = requests.map(\.segment)
      try await connection.query(
        """
        UPDATE segment_runs SET levels = \(try JSON(Array(rest))),
          segments = segments || \(segments), requests = requests || \(requests.map(\.number)),
          waiting = \(segments)
        WHERE id = \(run)
        """)
      return
    }
    try await connection.query(
      """
      UPDATE segment_runs SET levels = '[]', waiting = '{}', ended_at = \(now) WHERE id = \(run)
      """)
  }
}

extension SegmentSet {
  /// Whether filters refer to a segment that no run rebuilds (SEG-87).
  fileprivate func refersToUnpublished(_ segment: Int64) -> Bool {
    filters[segment]?.references.contains { entries[$0]?.isPublished == false } ?? false
  }
}
