import Contacts
import Foundation
import JobQueue
import Postgres

/// Takes due entries of the message queue.
extension MessageQueueHandler {
  /// Returns the ids of due entries by priority, then by date (EML-245). Their contacts are locked, so that
  /// transactions that count a contact's messages take turns.
  func due(now: Date, on connection: PostgresConnection) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT q.send_id, q.contact_id
      FROM (\(sql: first(1, now: now)) UNION ALL \(sql: first(2, now: now))) AS q
      ORDER BY q.priority, q.scheduled_at, q.id LIMIT \(Self.size)
      """)
    let contacts = Set(try rows.map { try $0.decode(at: 1, as: Int64.self) })
    _ = try await ContactLock.lock(contacts.sorted(), on: connection)
    return try rows.map { try $0.decode(at: 0) }
  }

  /// Returns the first due entries of one priority, by index however many there are.
  func first(_ priority: Int16, now: Date) -> SQL {
    """
    (SELECT send_id, contact_id, priority, scheduled_at, id FROM message_queue
      WHERE state IN (\(sql: MessageQueue.State.waitingList)) AND priority = \(priority) AND scheduled_at <= \(now)
      ORDER BY scheduled_at, id LIMIT \(Self.size))
    """
  }

  /// Takes the entries that are still due, with their contacts' rules. An entry that is no longer held, since its
  /// contact was merged with one who has it, ends here.
  func take(
    _ places: [Int64], _ settings: MailSettings, in transaction: Transaction
  ) async throws -> [Entry] {
    try await transaction.query(
      """
      UPDATE message_queue q SET state = \(literal: MessageQueue.State.dropped), last_attempt_at = \(transaction.now) FROM email_sends s
      WHERE q.send_id = ANY (\(places)) AND q.state IN (\(sql: MessageQueue.State.waitingList)) AND s.id = q.send_id AND s.state <> \(literal: SendState.held)
      """)
    let rows = try await transaction.query(
      """
      SELECT q.id, q.contact_id, q.send_id, q.channel_id, q.attempts, q.max_attempts,
        q.scheduled_at, q.priority, s.is_bulk, f.frequency_number, f.frequency_time,
        f.pause_from_date, f.pause_to_date
      FROM message_queue q JOIN email_sends s ON s.id = q.send_id
      LEFT JOIN frequency_rules f ON f.contact_id = q.contact_id AND f.channel = 'email'
      WHERE q.send_id = ANY (\(places)) AND q.state IN (\(sql: MessageQueue.State.waitingList)) AND q.scheduled_at <= \(transaction.now)
      ORDER BY q.priority, q.scheduled_at, q.id FOR UPDATE OF q SKIP LOCKED
      """)
    return try rows.map { row in
      let isBulk: Bool = try row.decode("is_bulk")
      return Entry(
        id: try row.decode("id"), contact: try row.decode("contact_id"),
        send: try row.decode("send_id"), email: try row.decode("channel_id"),
        attempts: try row.decode("attempts"), maxAttempts: try row.decode("max_attempts"),
        scheduledAt: try row.decode("scheduled_at"),
        priority: isBulk ? .bulk : try row.decode("priority", as: Int.self) <= 1 ? .first : .normal,
        rule: try SendPlanner.ownRule(row) ?? settings.frequency,
        pauseEnd: try SendPlanner.pauseEnd(row, now: transaction.now))
    }
  }

  /// Reschedules entries; those whose attempts are used up are never sent (EML-246).
  func move(
    _ moved: [(entry: Entry, to: Date, attempts: Int)], in transaction: Transaction
  ) async throws {
    guard !moved.isEmpty else { return }
    try await transaction.query(
      """
      WITH tried AS (
        UPDATE message_queue q SET scheduled_at = n.at, attempts = n.attempts,
          last_attempt_at = \(transaction.now), state = CASE WHEN n.attempts >= q.max_attempts THEN \(literal: MessageQueue.State.expired) ELSE \(literal: MessageQueue.State.rescheduled) END
        FROM unnest(\(moved.map(\.entry.send))::bigint[], \(moved.map(\.to))::timestamptz[],
          \(moved.map(\.attempts))::bigint[]) AS n (send_id, at, attempts)
        WHERE q.send_id = n.send_id RETURNING q.send_id, q.state
      )
      UPDATE email_sends s SET state = \(literal: SendState.expired), counts_once = false,
        note = 'held back until its attempts were used up'
      FROM tried WHERE tried.state = \(literal: MessageQueue.State.expired) AND s.id = tried.send_id
      """)
  }
}
