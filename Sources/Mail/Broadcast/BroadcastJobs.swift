import Foundation
import JobQueue
import Postgres

/// Finds broadcasts that are due and those that have new recipients (EML-132, EML-133).
struct ReconcileBroadcasts: DurableJob {
  static let name = "mail.broadcasts"
  static let queue = MailQueues.normal
  static let options = JobOptions(maxAttempts: 3)
}

struct BroadcastHandler: Sendable {
  let dispatcher: EmailDispatcher
  let pool: PostgresPool

  /// Runs one step; the next one is a job of its own.
  func handle(_ job: ContinueBroadcast, _ context: JobContext) async throws {
    let run = BroadcastRun(
      email: job.email, after: job.after, left: job.left, segments: job.segments,
      dispatcher: dispatcher, now: context.clock.now)
    try await context.complete { transaction in
      if let next = try await run.step(in: transaction).next {
        try transaction.outbox.add(next, next.options)
      }
    }
  }

  /// Starts broadcasts whose `publish_up` has passed, if their segments have changed since the last check, and
  /// once an hour in any case.
  func handle(_ job: ReconcileBroadcasts, _ context: JobContext) async throws {
    let now = context.clock.now
    let paused = try await PausedSends.ready(now: now, on: pool)
    try await context.complete(at: now) { transaction in
      for email in paused {
        try await PausedSends.resume(email, in: transaction)
      }
      let rows = try await transaction.query(
        """
        WITH due AS (
          SELECT e.id, (SELECT coalesce(sum(d.added + d.removed), 0) FROM email_segments l
              JOIN segment_days d ON d.segment_id = l.segment_id WHERE l.email_id = e.id) AS changes
          FROM emails e
          WHERE e.email_type = 'list' AND e.publish_up IS NOT NULL
            AND e.variant_parent_id IS NULL AND e.translation_parent_id IS NULL
            AND \(sql: EmailFamily.isOpen("e", now: now))
        )
        INSERT INTO email_broadcasts AS b (email_id, changes, looked_at, revision)
        SELECT due.id, due.changes, \(now), e.revision FROM due JOIN emails e ON e.id = due.id
        ORDER BY due.id
        ON CONFLICT (email_id) DO UPDATE SET changes = excluded.changes,
          looked_at = excluded.looked_at, revision = excluded.revision
          WHERE b.changes <> excluded.changes OR b.revision <> excluded.revision
            OR b.looked_at < \(now.addingTimeInterval(-3600))
        RETURNING email_id
        """)
      for row in rows {
        let job = ContinueBroadcast(
          email: try row.decode(at: 0), after: 0, left: nil, segments: nil)
        try transaction.outbox.add(job, job.options)
      }
    }
  }
}
