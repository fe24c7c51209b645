import Foundation
import JobQueue
import Postgres

/// Rebuilds of many segments, level by level: a level begins when all rebuilds of the one before have
/// ended, so that members of segments that others refer to are right by then (SEG-82).
enum RebuildRun {
  /// Writes a run and the job that begins it.
  static func open(
    except: [Int64]?, only: [Int64]?, by user: Int64?, now: Date,
    in outbox: JobOutbox, on connection: PostgresConnection
  ) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO segment_runs (except_segments, only_segments, created_by, started_at)
      VALUES (\(except), \(only), \(user), \(now)) RETURNING id
      """)
    guard let run: Int64 = try rows.first?.decode(at: 0) else { return 0 }
    try outbox.add(
      RunRebuilds(run: run), EnqueueOptions(createdBy: user))
    return run
  }
}
