package import Foundation
package import Postgres

/// Reads whether mail has work for which there may be no job yet.
package enum MailBacklogStore {
  /// Whether engagements wait to be recorded, or held messages are due.
  ///
  /// - Throws: `PostgresError`.
  package static func isBehind(
    at now: Date, on pool: PostgresPool
  ) async throws(PostgresError) -> Bool {
    let rows = try await pool.query(
      """
      SELECT EXISTS (SELECT FROM email_acts) OR EXISTS (
          SELECT FROM email_acts_aside WHERE retry_at <= \(now)) OR EXISTS (
          SELECT FROM message_queue
            WHERE state IN (\(literal: MessageQueue.State.pending),
              \(literal: MessageQueue.State.rescheduled))
              AND priority IN (1, 2) AND scheduled_at <= \(now))
      """)
    return try rows.first?.decode(at: 0) ?? false
  }
}
