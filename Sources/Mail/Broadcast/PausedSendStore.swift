import Foundation
import JobQueue
import Postgres

/// Sends and broadcast runs that workers met while their e-mail was unpublished (EML-134).
enum PausedSends {
  /// Stores the rest of a run.
  static func keep(_ run: ContinueBroadcast, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      INSERT INTO email_paused_runs (email_id, run)
      SELECT id, \(try JSON(run)) FROM emails WHERE id = \(run.email)
      """)
  }

  /// Resumes the sends and runs of an e-mail if it may be sent again.
  static func resume(_ email: Int64, in transaction: Transaction) async throws {
    let rows = try await transaction.query(
      """
      WITH open AS (
        SELECT id FROM emails e WHERE id = \(email) AND \(sql: EmailFamily.isOpen("e", now: transaction.now))
      ), taken AS (
        DELETE FROM email_paused p USING open WHERE p.email_id = open.id RETURNING p.send_id
      )
      SELECT s.id, s.email_id FROM taken JOIN email_sends s ON s.id = taken.send_id
      WHERE s.state = \(literal: SendState.queued) ORDER BY s.id
      """)
    try SendJobs.add(rows, priority: .bulk, outbox: transaction.outbox)
    let runs = try await transaction.query(
      """
      DELETE FROM email_paused_runs p USING emails e
      WHERE p.email_id = \(email) AND e.id = p.email_id AND \(sql: EmailFamily.isOpen("e", now: transaction.now))
      RETURNING p.run
      """)
    for row in runs {
      let run = try row.decode(at: 0, as: JSON.self).decode(ContinueBroadcast.self)
      try transaction.outbox.add(run, run.options)
    }
  }

  /// Returns the e-mails with paused work that may be sent since their publication window opened.
  static func ready(now: Date, on pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT e.id FROM emails e
      WHERE (EXISTS (SELECT FROM email_paused p WHERE p.email_id = e.id)
          OR EXISTS (SELECT FROM email_paused_runs p WHERE p.email_id = e.id))
        AND \(sql: EmailFamily.isOpen("e", now: now)) ORDER BY e.id
      """
    ).map { try $0.decode(at: 0) }
  }
}
