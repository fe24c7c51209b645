import Foundation
import Postgres

/// The entries that a claim takes before their action is performed.
enum DispatchSelection: Sendable, Equatable {
  /// Due entries, and those that were handed over or back without an attempt.
  case new
  /// Entries whose last claim lapsed; isolated ones are at their last attempt.
  case retried(isolated: Bool)
  /// Entries whose last possible claim lapsed.
  case exhausted

  /// The condition on entries with a lapsed lease. A token says that it was a worker's.
  func condition(_ maxAttempts: Int) -> SQL {
    switch self {
    case .new: "lease_token IS NULL"
    case .retried(isolated: false):
      "lease_token IS NOT NULL AND attempts + 2 < \(maxAttempts)"
    case .retried(isolated: true):
      "lease_token IS NOT NULL AND attempts + 2 = \(maxAttempts)"
    case .exhausted: "lease_token IS NOT NULL AND attempts + 1 >= \(maxAttempts)"
    }
  }
}

/// Claims due entries of one event.
///
/// One statement moves the entries to their end and hands them to this transaction only; those that others
/// have locked are skipped. Membership is read under a lock in the same statement, so an exit that committed
/// first always wins (CAM-128).
struct DueEntryStore {
  let connection: PostgresConnection
  let campaign: Int64
  let event: CampaignEvent
  let now: Date
  /// The contacts whose entries may be claimed; nil for all.
  let contactScope: [Int64]?

  /// The claimed entries, and the number taken including those of contacts that have left.
  typealias Claimed = (entries: [DueEntry], count: Int)

  /// Claims due entries and marks them as executed.
  ///
  /// - Parameters:
  ///   - answer: The path of each entry `l`.
  ///   - others: Events of the campaign that must run first; nil if there are none (CAM-345).
  func claim(answer: SQL, after others: [Int64]?, limit: Int) async throws -> Claimed {
    let state: EntryState = event.kind == .decision ? .waiting : .scheduled
    let rows = try await connection.query(
      """
      WITH due AS MATERIALIZED (
        SELECT l.place, l.contact_id, m.rotation AS present,
          m.is_active AND l.rotation >= m.first_rotation AS holds, \(sql: answer) AS answer
        FROM (
          SELECT ctid AS place, contact_id, rotation FROM campaign_log
          WHERE event_id = \(event.id) AND state = \(state.rawValue)
            AND state < \(literal: EntryState.running) AND fire_at <= \(now)
            \(sql: scope) \(sql: turn(after: others))
          ORDER BY fire_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        ) AS l CROSS JOIN LATERAL (
          SELECT rotation, first_rotation, is_active FROM campaign_members AS m
          WHERE m.contact_id = l.contact_id AND m.campaign_id = \(campaign)
          FOR SHARE SKIP LOCKED
        ) AS m
      )
      UPDATE campaign_log AS l SET
        state = CASE WHEN due.holds THEN \(literal: EntryState.executed)
          ELSE \(literal: EntryState.cancelled) END,
        executed_at = CASE WHEN due.holds THEN \(now)::timestamptz END,
        path = CASE WHEN due.holds THEN due.answer END,
        cancel_reason = CASE WHEN NOT due.holds THEN 'left' END
      FROM due WHERE l.ctid = due.place
      RETURNING l.contact_id, l.rotation, due.present, due.holds, l.attempts, l.base_at, l.fire_at,
        l.pinned, l.delay_used, l.path
      """)
    return (try entries(rows), rows.count)
  }

  /// Claims entries of an action until an instant, before it is performed (CAM-462). A claim whose lease lapsed
  /// counts as an attempt: it is counted when the entry is claimed again, so that it counts whatever the new
  /// holder does.
  func claimForDispatch(
    _ selection: DispatchSelection, maxAttempts: Int, token: UUID, until: Date, limit: Int
  ) async throws -> Claimed {
    let counted = if case .retried = selection { 1 } else { 0 }
    let takesOpen = selection == .new
    let rows = try await connection.query(
      """
      WITH open AS MATERIALIZED (
        SELECT ctid AS place, contact_id, rotation FROM campaign_log
        WHERE event_id = \(event.id) AND state = \(literal: EntryState.scheduled)
          AND state < \(literal: EntryState.running) AND fire_at <= \(now) AND \(takesOpen)
          \(sql: scope)
        ORDER BY fire_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
      ), lapsed AS MATERIALIZED (
        SELECT ctid AS place, contact_id, rotation FROM campaign_log
        WHERE state = \(literal: EntryState.running) AND lease_until <= \(now)
          AND event_id = \(event.id) AND \(sql: selection.condition(maxAttempts))
          \(sql: scope)
        LIMIT \(limit) FOR UPDATE SKIP LOCKED
      ), candidates AS (
        SELECT place, contact_id, rotation, false AS was_claimed FROM open
        UNION ALL SELECT place, contact_id, rotation, true FROM lapsed
      ), due AS MATERIALIZED (
        SELECT l.place, m.rotation AS present,
          -- What was claimed before its contact left is done all the same (CAM-128).
          l.was_claimed OR m.is_active AND l.rotation >= m.first_rotation AS holds
        FROM candidates AS l CROSS JOIN LATERAL (
          SELECT rotation, first_rotation, is_active FROM campaign_members AS m
          WHERE m.contact_id = l.contact_id AND m.campaign_id = \(campaign)
          FOR SHARE SKIP LOCKED
        ) AS m
      )
      UPDATE campaign_log AS l SET
        state = CASE WHEN due.holds THEN \(literal: EntryState.running)
          ELSE \(literal: EntryState.cancelled) END,
        lease_until = CASE WHEN due.holds THEN \(until)::timestamptz END,
        lease_token = CASE WHEN due.holds THEN \(token) END,
        attempts = l.attempts + \(Int16(counted)),
        cancel_reason = CASE WHEN NOT due.holds THEN 'left' END
      FROM due WHERE l.ctid = due.place
      RETURNING l.contact_id, l.rotation, due.present, due.holds, l.attempts, l.base_at, l.fire_at,
        l.pinned, l.delay_used, NULL::boolean AS path
      """)
    return (try entries(rows), rows.count)
  }

  /// Extends the lease of claimed entries that are not recorded yet. Entries locked by others are skipped,
  /// so that this never waits, whatever the locking order of others.
  static func renewLease(
    of entries: [Entry], _ event: CampaignEvent, token: UUID, until instant: Date,
    on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT l.ctid AS place
        FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }))
          AS entry (contact, rotation)
        JOIN campaign_log l ON l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation
        WHERE l.state = \(literal: EntryState.running) AND l.lease_token = \(token)
        FOR UPDATE OF l SKIP LOCKED
      )
      UPDATE campaign_log AS l SET lease_until = \(instant) FROM held WHERE l.ctid = held.place
      """)
  }

  /// Answers claimed entries of a condition.
  ///
  /// - Parameter answer: The path of each entry `l`.
  /// - Returns: The contacts with the answer `yes`.
  func answer(_ entries: [Entry], by answer: SQL) async throws -> Set<Int64> {
    let rows = try await connection.query(
      """
      UPDATE campaign_log AS l SET path = \(sql: answer)
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      RETURNING l.contact_id, l.path
      """)
    var yes: Set<Int64> = []
    for row in rows {
      let (contact, path) = try row.decode(Int64.self, Bool.self)
      if path { yes.insert(contact) }
    }
    return yes
  }

  /// Hands claimed entries back, without an attempt: nothing is known to have been done for them, and the next
  /// worker claims them at once.
  static func release(
    _ entries: [Entry], _ event: CampaignEvent, token: UUID, at now: Date,
    on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET lease_until = \(now.addingTimeInterval(-1)), lease_token = NULL
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation AND l.state = \(literal: EntryState.running)
        AND l.lease_token = \(token)
      """)
  }

  /// Whether an entry of the event waits for a claim of its own: it was claimed, and the lease has lapsed.
  func isLapsed() async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT EXISTS (SELECT FROM campaign_log WHERE state = \(literal: EntryState.running)
        AND lease_until <= \(now) AND event_id = \(event.id) \(sql: scope))
      """)
    return try rows.first?.decode(at: 0, as: Bool.self) ?? false
  }

  /// Marks claimed entries as executed.
  ///
  /// - Returns: The contacts whose entries were still claimed by the token.
  func finishDispatched(_ entries: [Entry], token: UUID) async throws -> Set<Int64> {
    let rows = try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(literal: EntryState.executed), executed_at = \(now),
        lease_until = NULL, lease_token = NULL
      FROM unnest(\(entries.map(\.contact)), \(entries.map { Int32($0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation AND l.state = \(literal: EntryState.running)
        AND l.lease_token = \(token)
      RETURNING l.contact_id
      """)
    return Set(try rows.map { try $0.decode("contact_id", as: Int64.self) })
  }

  /// Whether another entry of the event is due: one that others had locked, or that has to wait.
  func isAnotherDue() async throws -> Bool {
    // In order, so that it is one step in the index however many wait for a future time.
    let rest = try await connection.query(
      """
      SELECT fire_at <= \(now) FROM campaign_log
      WHERE event_id = \(event.id) AND state < \(literal: EntryState.running)
      ORDER BY fire_at LIMIT 1
      """)
    return try rest.first?.decode(at: 0, as: Bool?.self) ?? false
  }

  private func entries(_ rows: PostgresRows) throws -> [DueEntry] {
    var entries: [DueEntry] = []
    entries.reserveCapacity(rows.count)
    for row in rows where try row.decode("holds", as: Bool.self) {
      let enrollment = Enrollment(
        contact: try row.decode("contact_id"), rotation: try row.decode("present"))
      entries.append(
        DueEntry(
          entry: Entry(
            enrollment, rotation: try row.decode("rotation"),
            attempts: Int(try row.decode("attempts", as: Int16.self))),
          base: try row.decode("base_at"), fire: try row.decode("fire_at"),
          pinned: try row.decode("pinned"), delayUsed: try row.decode("delay_used"),
          path: try row.decode("path")))
    }
    return entries.sorted(by: DueEntry.isBefore)
  }

  private var scope: SQL { contactScope.map { "AND contact_id = ANY (\($0))" } ?? "" }

  /// The condition that leaves out entries of contacts with one of the other events due by then.
  private func turn(after others: [Int64]?) -> SQL {
    guard let others else { return "" }
    return """
      AND NOT EXISTS (SELECT FROM campaign_log o WHERE o.contact_id = campaign_log.contact_id
        AND o.campaign_id = \(campaign) AND o.state < \(literal: EntryState.running)
        AND o.fire_at <= campaign_log.fire_at AND o.event_id = ANY (\(others)))
      """
  }
}
