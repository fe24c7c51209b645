import Foundation
import JobQueue
import Postgres

/// Handles ``SweepExports``: what no event brings to an end is found by looking.
struct SweepHandler: Sendable {
  /// For how long an export without a job is left alone, seconds.
  private static let patience: TimeInterval = 60

  func handle(_ context: JobContext) async throws {
    let now = context.clock.now
    try await context.transaction { connection, _ in
      // The record stays and says that there was a file (EXP-16).
      try await connection.query(
        "UPDATE exports SET status = \(literal: ExportStatus.expired) WHERE status = \(literal: ExportStatus.ready) AND date_expires <= \(now)")
    }
    try await findLost(context, now)
    try await context.complete { _, outbox in try DiscardExportParts.enqueue(outbox) }
  }

  /// Exports whose job died, or is gone.
  private func findLost(_ context: JobContext, _ now: Date) async throws {
    let limit = now.addingTimeInterval(-Self.patience)
    try await context.transaction { connection, outbox in
      let rows = try await connection.query(
        """
        SELECT e.id, e.created_by, dead.last_error, dead.id IS NOT NULL AS is_dead
        FROM exports e
        LEFT JOIN LATERAL (
          SELECT j.id, j.last_error FROM jobs j
          WHERE j.object_type = 'export' AND j.object_id = e.id AND j.state = 2 LIMIT 1
        ) dead ON true
        WHERE e.status IN (\(literal: ExportStatus.queued), \(literal: ExportStatus.inProgress))
          AND coalesce(e.date_started, e.date_added) < \(limit)
          AND NOT EXISTS (SELECT FROM jobs j
            WHERE j.object_type = 'export' AND j.object_id = e.id AND j.state <> 2)
        ORDER BY e.id FOR UPDATE OF e SKIP LOCKED
        """)
      for row in rows {
        let id: Int64 = try row.decode("id")
        if try row.decode("is_dead") {
          let reason: String? = try row.decode("last_error")
          let error = ExportError(.failed, reason ?? "the work was given up")
          try await connection.query(
            """
            UPDATE exports SET status = \(literal: ExportStatus.failed), error = \(try JSON(error)),
              date_ended = \(now),
              job_id = NULL
            WHERE id = \(id)
            """)
        } else {
          let job = try RunExport.enqueue(
            id, createdBy: try row.decode("created_by"), perUser: ExportSettings().perUser, outbox)
          try await connection.query(
            "UPDATE exports SET status = \(literal: ExportStatus.queued), job_id = \(job) WHERE id = \(id)")
        }
      }
    }
  }
}
