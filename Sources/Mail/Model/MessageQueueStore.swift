import Foundation
package import JobQueue
import Postgres

/// Cancels entries of the message queue.
extension MessageQueue {
  /// Cancels a waiting entry (EML-248).
  ///
  /// - Returns: Whether there was one.
  /// - Throws: `PostgresError`.
  package static func cancel(
    _ entry: Int64, of contact: Int64, in transaction: Transaction
  ) async throws -> Bool {
    let rows = try await transaction.query(
      """
      WITH gone AS (
        UPDATE message_queue SET state = \(literal: MessageQueue.State.cancelled), last_attempt_at = \(transaction.now)
        WHERE contact_id = \(contact) AND id = \(entry) AND state IN (\(sql: MessageQueue.State.waitingList)) RETURNING send_id
      )
      UPDATE email_sends s SET state = \(literal: SendState.cancelled), counts_once = false, note = 'cancelled'
      FROM gone WHERE s.id = gone.send_id RETURNING s.id
      """)
    return !rows.isEmpty
  }
}
