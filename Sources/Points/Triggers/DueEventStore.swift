import Contacts
import Foundation
import JobQueue
import Postgres

/// Reads and writes what is due of one event for some contacts, within a transaction (`point_trigger_due`).
struct DueEventStore {
  let event: Int64
  let contacts: [Int64]
  let transaction: Transaction

  /// Returns the events that are due for contacts: by the points of their triggers, then by position (PTS-22).
  static func events(
    dueFor contacts: [Int64], now: Date, on pool: PostgresPool
  ) async throws -> [Int64] {
    try await pool.query(
      """
      SELECT e.id FROM (
        SELECT DISTINCT event_id FROM point_trigger_due
        WHERE contact_id = ANY (\(contacts)) AND fire_at <= \(now)
      ) AS d JOIN point_trigger_events e ON e.id = d.event_id
      JOIN point_triggers t ON t.id = e.trigger_id
      ORDER BY t.points, t.id, e.position, e.id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Notes the events of triggers whose points contacts have and that are neither noted nor done.
  ///
  /// - Returns: The contacts for whom something was noted, in order.
  static func note(
    _ contacts: [Int64], _ triggers: [Int64], in transaction: Transaction
  ) async throws -> [Int64] {
    try await transaction.query(
      """
      WITH noted AS (
        INSERT INTO point_trigger_due (contact_id, event_id, fire_at)
        SELECT c.id, e.id, \(transaction.now)::timestamptz
        FROM point_triggers t JOIN contacts c ON c.id = ANY (\(contacts))
        LEFT JOIN group_scores s ON s.contact_id = c.id AND s.group_id = t.group_id
        JOIN point_trigger_events e ON e.trigger_id = t.id
        WHERE t.id = ANY (\(triggers))
          AND CASE WHEN t.group_id IS NULL THEN c.points ELSE s.score END >= t.points
          AND NOT EXISTS (
            SELECT FROM point_trigger_log l WHERE l.contact_id = c.id AND l.event_id = e.id)
        ORDER BY c.id, e.id
        ON CONFLICT DO NOTHING RETURNING contact_id
      )
      SELECT DISTINCT contact_id FROM noted ORDER BY 1
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Returns the contacts in a range of ids who have the points of a trigger, by id; nil if the trigger is not in
  /// use. The lock prevents their deletion, not their change.
  static func lockReached(
    _ trigger: Int64, after first: Int64, through last: Int64, limit: Int,
    in transaction: Transaction
  ) async throws -> [Int64]? {
    let triggers = try await transaction.query(
      """
      SELECT points, group_id FROM point_triggers t
      WHERE t.id = \(trigger) AND \(sql: PublishWindow.isOpen("t", transaction.now))
      """)
    guard let row = triggers.first else { return nil }
    let (points, group) = try row.decode(Int.self, Int64?.self)
    let reached: SQL =
      group.map {
        """
        id IN (SELECT contact_id FROM group_scores
          WHERE group_id = \($0) AND score >= \(points))
        """
      } ?? "points >= \(points)"
    return try await transaction.query(
      """
      SELECT id FROM contacts
      WHERE id > \(first) AND id <= \(last) AND \(sql: reached)
      ORDER BY id LIMIT \(limit) FOR KEY SHARE
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Deletes what is due of events that no longer exist.
  static func deleteOrphans(
    of contacts: [Int64], on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      DELETE FROM point_trigger_due d WHERE contact_id = ANY (\(contacts))
        AND NOT EXISTS (SELECT FROM point_trigger_events e WHERE e.id = d.event_id)
      """)
  }

  /// Locks the contacts and returns those for whom the event is to be done. Entries that can no longer be done,
  /// since the trigger was unpublished or a contact is gone, are deleted.
  func take() async throws -> (event: PointTriggerEvent, due: [Int64])? {
    let found = try await ContactLock.lock(contacts, on: transaction.connection)
    let events = try await transaction.query(
      """
      SELECT \(sql: PointTriggerEvent.columns) FROM point_trigger_events
      WHERE id = \(event) AND EXISTS (
        SELECT FROM point_triggers t
        WHERE t.id = trigger_id AND \(sql: PublishWindow.isOpen("t", transaction.now)))
      """)
    guard let row = events.first else {
      try await forget("true")
      return nil
    }
    // After a merge, what one contact has done may be due for the other.
    try await forget(
      """
      (NOT contact_id = ANY (\(found)) OR EXISTS (SELECT FROM point_trigger_log l
        WHERE l.contact_id = d.contact_id AND l.event_id = d.event_id))
      """)
    let rows = try await transaction.query(
      """
      SELECT contact_id FROM point_trigger_due
      WHERE contact_id = ANY (\(found)) AND event_id = \(event) AND fire_at <= \(transaction.now)
      ORDER BY contact_id
      """)
    let due = try rows.map { try $0.decode(at: 0, as: Int64.self) }
    return due.isEmpty ? nil : (try PointTriggerEvent(row), due)
  }

  /// Writes the outcomes of the due contacts: the log with the success (PTS-29), or the failed attempt.
  func record(
    _ due: [Int64], _ outcomes: [Int64: PointTriggerOutcome]
  ) async throws {
    var failed: [(contact: Int64, error: String, isFinal: Bool)] = []
    var done: [Int64] = []
    for contact in due {
      switch outcomes[contact] ?? .done {
      case .done: done.append(contact)
      case .failed(let error): failed.append((contact, String(error.prefix(1_000)), false))
      case .refused(let error): failed.append((contact, String(error.prefix(1_000)), true))
      }
    }
    if !done.isEmpty {
      try await transaction.query(
        """
        WITH gone AS (
          DELETE FROM point_trigger_due
          WHERE contact_id = ANY (\(done)) AND event_id = \(event)
        )
        INSERT INTO point_trigger_log (contact_id, event_id, date_fired)
        -- Who was deleted by what came of the event has no log any more.
        SELECT id, \(event), \(transaction.now)::timestamptz FROM contacts WHERE id = ANY (\(done))
        """)
    }
    guard !failed.isEmpty else { return }
    let next = transaction.now.addingTimeInterval(TriggerHandler.pause)
    let rows = try await transaction.query(
      """
      UPDATE point_trigger_due d SET attempts = attempts + 1, error = f.error,
        fire_at = CASE WHEN NOT f.final AND attempts + 1 < \(TriggerHandler.attempts)
          THEN \(next)::timestamptz END
      FROM unnest(\(failed.map(\.contact))::bigint[], \(failed.map(\.error))::text[],
        \(failed.map(\.isFinal))::boolean[]) AS f (contact, error, final)
      WHERE d.contact_id = f.contact AND d.event_id = \(event)
      RETURNING d.contact_id, d.fire_at IS NOT NULL
      """)
    let retried = try rows.filter { try $0.decode(at: 1) }.map { row in
      try row.decode(at: 0, as: Int64.self)
    }
    if !retried.isEmpty {
      try transaction.outbox.add(
        FirePointTriggers(contacts: retried.sorted(), due: next), EnqueueOptions(runAt: next))
    }
  }

  private func forget(_ condition: SQL) async throws {
    try await transaction.query(
      """
      DELETE FROM point_trigger_due d
      WHERE contact_id = ANY (\(contacts)) AND event_id = \(event) AND \(sql: condition)
      """)
  }
}
