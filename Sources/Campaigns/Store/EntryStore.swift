import Foundation
import Postgres

/// Writes entries of one campaign's log, in a transaction at an instant. An entry that exists already is never
/// overwritten (CAM-305).
struct EntryStore {
  let connection: PostgresConnection
  let campaign: Int64
  let now: Date

  /// Inserts entries that are executed at once.
  ///
  /// - Returns: The enrollments that had no entry before, in order.
  func insertExecuted(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase, note: String? = nil
  ) async throws -> [Enrollment] {
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, note)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, \(literal: EntryState.executed), \(note)::text
      FROM \(sql: table(enrollments, base)) ORDER BY contact
      ON CONFLICT DO NOTHING RETURNING contact_id
      """)
    if rows.count == enrollments.count { return enrollments }
    let inserted = Set(try rows.map { try $0.decode("contact_id", as: Int64.self) })
    return enrollments.filter { inserted.contains($0.contact) }
  }

  /// Inserts executed entries of a condition, with its answers as paths.
  ///
  /// - Parameter question: The condition on `contacts AS c`.
  /// - Returns: The answers by contact; contacts that had an entry are left out.
  func insertAnswered(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase, question: SQL,
    note: String?
  ) async throws -> [Int64: Bool] {
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path, note)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, \(literal: EntryState.executed),
        coalesce((SELECT \(sql: question) FROM contacts c WHERE c.id = contact), false),
        \(note)::text
      FROM \(sql: table(enrollments, base)) ORDER BY contact
      ON CONFLICT DO NOTHING RETURNING contact_id, path
      """)
    var paths: [Int64: Bool] = [:]
    for row in rows {
      let (contact, path) = try row.decode(Int64.self, Bool.self)
      paths[contact] = path
    }
    return paths
  }

  /// Inserts entries of an external action. The effect needs a transaction of its own: they are inserted as
  /// claimed with a lapsed lease, so that the next worker takes them over (CAM-462), and an exit after this
  /// does not cancel them (CAM-128).
  func insertDispatched(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase
  ) async throws {
    // Lapsed some time ago, so that a worker with a clock slightly behind sees it as well.
    try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        lease_until)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(literal: EntryState.running), \(now.addingTimeInterval(-1))::timestamptz
      FROM \(sql: table(enrollments, base)) ORDER BY contact
      ON CONFLICT DO NOTHING
      """)
  }

  /// Inserts entries that fire later.
  ///
  /// - Parameters:
  ///   - delayUsed: Whether the delay has passed as a waiting period (CAM-413).
  ///   - areNew: Whether none of the contacts can have an entry yet, which avoids looking for one.
  func insertScheduled(
    _ event: CampaignEvent, _ entries: [ScheduledEntry], delayUsed: Bool, areNew: Bool
  ) async throws {
    guard let first = entries.first else { return }
    let contacts = entries.map(\.enrollment.contact)
    let rotations = entries.map { Int32($0.enrollment.rotation) }
    // Mostly all have the same time; then it is sent once.
    let isUniform = entries.allSatisfy { $0.fire == first.fire && $0.base == first.base }
    let rows: SQL =
      isUniform
      ? """
      (SELECT contact, rotation, \(first.base)::timestamptz AS base, \(first.fire)::timestamptz AS fire
        FROM unnest(\(contacts), \(rotations)) AS enrollment (contact, rotation)) AS entry
      """
      : """
      unnest(\(contacts), \(rotations), \(entries.map(\.base)), \(entries.map(\.fire)))
        AS entry (contact, rotation, base, fire)
      """
    try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        delay_used)
      SELECT contact, \(event.id), rotation, \(campaign), base, fire, \(literal: EntryState.scheduled),
        \(delayUsed)
      FROM \(sql: rows) ORDER BY contact \(sql: areNew ? "" : "ON CONFLICT DO NOTHING")
      """)
  }

  /// Inserts decisions that wait for an engagement or for their deadline, if any.
  func insertWaiting(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase, deadlines: [Date?]
  ) async throws {
    let bases = enrollments.map { base.date(of: $0.contact, now: now) }
    try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state)
      SELECT contact, \(event.id), rotation, \(campaign), base, fire, \(literal: EntryState.waiting)
      FROM unnest(\(enrollments.map(\.contact)), \(enrollments.map { Int32($0.rotation) }),
        \(bases), \(deadlines)::timestamptz[])
        AS entry (contact, rotation, base, fire) ORDER BY contact
      ON CONFLICT DO NOTHING
      """)
  }

  /// Inserts decisions that are decided as `no` when they open (CAM-416).
  ///
  /// - Returns: The enrollments that had no entry before, in order.
  func insertMissed(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase
  ) async throws -> [Enrollment] {
    let bases = enrollments.map { base.date(of: $0.contact, now: now) }
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, \(literal: EntryState.executed), false
      FROM unnest(\(enrollments.map(\.contact)), \(enrollments.map { Int32($0.rotation) }),
        \(bases)) AS entry (contact, rotation, base)
      ORDER BY contact ON CONFLICT DO NOTHING RETURNING contact_id
      """)
    let inserted = Set(try rows.map { try $0.decode("contact_id", as: Int64.self) })
    return enrollments.filter { inserted.contains($0.contact) }
  }

  /// Enrollments as a table `(contact, rotation, base)`.
  private func table(_ enrollments: [Enrollment], _ base: DelayBase) -> SQL {
    let contacts = enrollments.map(\.contact)
    let rotations = enrollments.map { Int32($0.rotation) }
    switch base {
    case .now:
      return """
        (SELECT contact, rotation, \(now)::timestamptz AS base
          FROM unnest(\(contacts), \(rotations)) AS enrollment (contact, rotation)) AS entry
        """
    case .each:
      let bases = enrollments.map { base.date(of: $0.contact, now: now) }
      return "unnest(\(contacts), \(rotations), \(bases)) AS entry (contact, rotation, base)"
    }
  }
}
