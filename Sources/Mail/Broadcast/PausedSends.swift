import Foundation
import JobQueue
import Postgres

/// Sends of broadcasts that workers met while their e-mail was not published (EML-134).
enum PausedSends {
  /// Takes them up again where the e-mail may be sent now.
  static func resume(
    _ email: Int64, now: Date, outbox: JobOutbox, on connection: PostgresConnection
  ) async throws {
    let rows = try await connection.query(
      """
      WITH open AS (
        SELECT id FROM emails e WHERE id = \(email) AND \(sql: EmailFamily.isOpen("e", now: now))
      ), taken AS (
        DELETE FROM email_paused p USING open WHERE p.email_id = open.id RETURNING p.send_id
      )
      SELECT s.id, s.email_id FROM taken JOIN email_sends s ON s.id = taken.send_id
      WHERE s.state = 0 ORDER BY s.id
      """)
    try SendJobs.add(rows, lane: .bulk, outbox: outbox)
  }

  /// The e-mails that have some and may be sent now: their time has come without anybody's doing.
  static func ready(now: Date, on pool: PostgresPool) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT e.id FROM emails e
      WHERE EXISTS (SELECT FROM email_paused p WHERE p.email_id = e.id)
        AND \(sql: EmailFamily.isOpen("e", now: now)) ORDER BY e.id
      """
    ).map { try $0.decode(at: 0) }
  }
}
