import Contacts
import Foundation
import JobQueue
import Postgres

/// Does what is due, event by event: triggers in the order of their points, events in the order of their
/// position (PTS-22). Each event is one transaction for all contacts of the job.
///
/// Of several jobs for one contact each goes through the same order under the contact's lock, so it does not
/// matter which comes first.
struct TriggerHandler: Sendable {
  let actions: PointTriggerActions

  /// An event is tried so often (PTS-29, CAM-502) …
  static let attempts = 5
  /// … with this pause between (CAM-501).
  static let pause: TimeInterval = 3_600

  func fire(_ job: FirePointTriggers, _ context: JobContext) async throws {
    let now = max(context.clock.now, job.due ?? .distantPast)
    let postgres = context.client.postgres
    // What was due for who was merged away is due for the winner.
    let contacts = try await postgres.withConnection { connection in
      Set(try await ContactMerger.current(of: job.contacts, on: connection).values).sorted()
    }
    let rows = try await postgres.query(
      """
      SELECT e.id FROM (
        SELECT DISTINCT event_id FROM point_trigger_due
        WHERE contact_id = ANY (\(contacts)) AND fire_at <= \(now)
      ) AS d JOIN point_trigger_events e ON e.id = d.event_id
      JOIN point_triggers t ON t.id = e.trigger_id
      ORDER BY t.points, t.id, e.position, e.id
      """)
    for row in rows {
      try context.checkLease()
      try await fire(try row.decode(at: 0), contacts, now, context)
    }
    try await context.complete { connection, outbox in
      let winners = Set(try await ContactMerger.current(of: contacts, on: connection).values)
        .subtracting(contacts)
      if !winners.isEmpty {
        try outbox.add(FirePointTriggers(contacts: winners.sorted(), due: job.due))
      }
      // Of events that were deleted meanwhile nothing is left to do.
      try await connection.query(
        """
        DELETE FROM point_trigger_due d WHERE contact_id = ANY (\(contacts))
          AND NOT EXISTS (SELECT FROM point_trigger_events e WHERE e.id = d.event_id)
        """)
    }
  }

  private func fire(
    _ event: Int64, _ contacts: [Int64], _ now: Date, _ context: JobContext
  ) async throws {
    do {
      try await context.transaction { connection, outbox in
        let work = DueWork(event: event, contacts: contacts, now: now, connection: connection)
        guard let (event, due) = try await work.take() else { return }
        guard let action = actions.action(event.type) else {
          throw InvalidInput("type", "nothing here can do \(event.type)")
        }
        let outcomes = try await action(
          PointTriggerCall(
            contacts: due, event: event, now: now, connection: connection, outbox: outbox))
        try await work.record(due, outcomes, outbox)
      }
    } catch {
      guard let outcome = Self.outcome(of: error) else { throw error }
      context.logger.warning(
        "An event of a point trigger failed",
        metadata: ["event": "\(event)", "error": "\(error)"])
      try await context.transaction { connection, outbox in
        let work = DueWork(event: event, contacts: contacts, now: now, connection: connection)
        guard let (_, due) = try await work.take() else { return }
        try await work.record(
          due, Dictionary(uniqueKeysWithValues: due.map { ($0, outcome) }), outbox)
      }
    }
  }

  /// What an error says of all contacts; `nil` for one that says nothing of the event: the job is somebody
  /// else's, or a server is away, and the whole is tried again.
  private static func outcome(of error: any Error) -> PointTriggerOutcome? {
    switch error {
    case is JobSuperseded, is JobCancellation, is CancellationError, is QueueFull: return nil
    case let error as InvalidInput: return .refused("\(error)")
    case let error as PostgresError:
      // A retryable error has been tried again often enough not to be the event's fault.
      return error.code == .server && !error.isRetryable ? .failed("\(error)") : nil
    default: return .failed("\(error)")
    }
  }

  func apply(_ job: ApplyPointTrigger, _ context: JobContext) async throws {
    try await context.complete { connection, outbox in
      let now = max(context.clock.now, job.opens ?? .distantPast)
      let triggers = try await connection.query(
        """
        SELECT points, group_id FROM point_triggers t
        WHERE t.id = \(job.trigger) AND \(sql: PublishWindow.isOpen("t", now))
        """)
      guard let row = triggers.first else { return }
      let (points, group) = try row.decode(Int.self, Int64?.self)
      let reached: SQL =
        group.map {
          """
          id IN (SELECT contact_id FROM group_scores
            WHERE group_id = \($0) AND score >= \(points))
          """
        } ?? "points >= \(points)"
      // The lock keeps them from being deleted, not from being changed.
      let rows = try await connection.query(
        """
        SELECT id FROM contacts
        WHERE id > \(job.after) AND id <= \(job.last) AND \(sql: reached)
        ORDER BY id LIMIT \(PointJobs.rangeSize) FOR KEY SHARE
        """)
      let contacts = try rows.map { try $0.decode(at: 0, as: Int64.self) }
      try await DueEvents.note(contacts, [job.trigger], now: now, on: connection, outbox)
      guard contacts.count == PointJobs.rangeSize, let after = contacts.last else { return }
      try outbox.add(
        ApplyPointTrigger(
          trigger: job.trigger, after: after, last: job.last, opens: job.opens),
        EnqueueOptions(object: JobSubject(type: "trigger", id: job.trigger)))
    }
  }
}

/// What is due of one event for some contacts, within a transaction.
private struct DueWork {
  let event: Int64
  let contacts: [Int64]
  let now: Date
  let connection: PostgresConnection

  /// Holds the contacts and says for whom the event is to be done. What cannot be done any more, since the
  /// trigger was taken out of use or a contact is gone, is due no longer.
  func take() async throws -> (event: PointTriggerEvent, due: [Int64])? {
    let found = try await ContactLock.lock(contacts, on: connection)
    let events = try await connection.query(
      """
      SELECT \(sql: PointTriggerEvent.columns) FROM point_trigger_events
      WHERE id = \(event) AND EXISTS (
        SELECT FROM point_triggers t
        WHERE t.id = trigger_id AND \(sql: PublishWindow.isOpen("t", now)))
      """)
    guard let row = events.first else {
      try await forget("true")
      return nil
    }
    // A merge may have brought together what one has done and what was due for the other.
    try await forget(
      """
      (NOT contact_id = ANY (\(found)) OR EXISTS (SELECT FROM point_trigger_log l
        WHERE l.contact_id = d.contact_id AND l.event_id = d.event_id))
      """)
    let rows = try await connection.query(
      """
      SELECT contact_id FROM point_trigger_due
      WHERE contact_id = ANY (\(found)) AND event_id = \(event) AND fire_at <= \(now)
      ORDER BY contact_id
      """)
    let due = try rows.map { try $0.decode(at: 0, as: Int64.self) }
    return due.isEmpty ? nil : (try PointTriggerEvent(row), due)
  }

  /// Writes what became of those for whom it was due: the log with the success (PTS-29), or the attempt.
  func record(
    _ due: [Int64], _ outcomes: [Int64: PointTriggerOutcome], _ outbox: JobOutbox
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
      try await connection.query(
        """
        WITH gone AS (
          DELETE FROM point_trigger_due
          WHERE contact_id = ANY (\(done)) AND event_id = \(event)
        )
        INSERT INTO point_trigger_log (contact_id, event_id, date_fired)
        -- Who was deleted by what came of the event has no log any more.
        SELECT id, \(event), \(now)::timestamptz FROM contacts WHERE id = ANY (\(done))
        """)
    }
    guard !failed.isEmpty else { return }
    let next = now.addingTimeInterval(TriggerHandler.pause)
    let rows = try await connection.query(
      """
      UPDATE point_trigger_due d SET attempts = attempts + 1, error = f.error,
        fire_at = CASE WHEN NOT f.final AND attempts + 1 < \(TriggerHandler.attempts)
          THEN \(next)::timestamptz END
      FROM unnest(\(failed.map(\.contact))::bigint[], \(failed.map(\.error))::text[],
        \(failed.map(\.isFinal))::boolean[]) AS f (contact, error, final)
      WHERE d.contact_id = f.contact AND d.event_id = \(event)
      RETURNING d.contact_id, d.fire_at IS NOT NULL
      """)
    let again = try rows.filter { try $0.decode(at: 1) }.map { row in
      try row.decode(at: 0, as: Int64.self)
    }
    if !again.isEmpty {
      try outbox.add(
        FirePointTriggers(contacts: again.sorted(), due: next), EnqueueOptions(runAt: next))
    }
  }

  private func forget(_ condition: SQL) async throws {
    try await connection.query(
      """
      DELETE FROM point_trigger_due d
      WHERE contact_id = ANY (\(contacts)) AND event_id = \(event) AND \(sql: condition)
      """)
  }
}
