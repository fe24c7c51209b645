import Contacts
import Foundation
import JobQueue
import Postgres

/// Entries that were claimed for an effect outside of the database.
struct Claim: Sendable {
  var event: CampaignEvent
  var token: UUID
  var entries: [Entry]
  var contacts: [Int64: ExternalContact]
  var settings: CampaignSettings
  /// How many were taken, those included that are over or have to wait after all.
  var taken: Int

  /// Names an entry to the receiver, the same at every attempt (CAM-453).
  func key(_ entry: Entry) -> String {
    "campaign-\(event.id)-\(entry.runner.contact)-\(entry.rotation)"
  }
}

extension Claim {
  /// Holds what is not recorded yet until an instant. What somebody else is at is left alone, so that this
  /// waits for nobody, whatever order others lock in.
  func renew(until instant: Date, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT l.ctid AS place
        FROM unnest(\(entries.map(\.runner.contact)), \(entries.map { Int32($0.rotation) }))
          AS entry (contact, rotation)
        JOIN campaign_log l ON l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation
        WHERE l.state = 2 AND l.lease_token = \(token) FOR UPDATE OF l SKIP LOCKED
      )
      UPDATE campaign_log AS l SET lease_until = \(instant) FROM held WHERE l.ctid = held.place
      """)
  }
}

extension CampaignTransaction {
  /// Claims due entries of an event with an effect outside, and those whose claim has lapsed (CAM-462): they
  /// are this caller's until the lease ends.
  func claimOutside(
    _ event: CampaignEvent, _ action: any ExternalAction, limit: Int, lease: Duration
  ) async throws -> Claim? {
    let token = UUID()
    let until = now.addingTimeInterval(Double(lease.components.seconds))
    let rows = try await connection.query(
      """
      WITH open AS MATERIALIZED (
        SELECT ctid AS place, contact_id, rotation FROM campaign_log
        WHERE event_id = \(event.id) AND state = 0 AND state < 2 AND fire_at <= \(now)
          \(sql: whose)
        ORDER BY fire_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
      ), lapsed AS MATERIALIZED (
        SELECT ctid AS place, contact_id, rotation FROM campaign_log
        WHERE state = 2 AND lease_until <= \(now) AND event_id = \(event.id)
          \(sql: whose)
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
      UPDATE campaign_log AS l SET state = CASE WHEN due.holds THEN 2 ELSE 5 END,
        lease_until = CASE WHEN due.holds THEN \(until)::timestamptz END,
        lease_token = CASE WHEN due.holds THEN \(token) END,
        cancel_reason = CASE WHEN NOT due.holds THEN 'left' END
      FROM due WHERE l.ctid = due.place
      RETURNING l.contact_id, l.rotation, due.present, due.holds, l.attempts, l.base_at, l.fire_at,
        l.pinned, l.delay_used
      """)
    var entries: [DueEntry] = []
    for row in rows where try row.decode(at: 3, as: Bool.self) {
      let runner = Enrollment(contact: try row.decode(at: 0), rotation: try row.decode(at: 2))
      entries.append(
        DueEntry(
          entry: Entry(
            runner, rotation: try row.decode(at: 1),
            attempts: Int(try row.decode(at: 4, as: Int16.self))),
          base: try row.decode(at: 5), fire: try row.decode(at: 6), pinned: try row.decode(at: 7),
          delayUsed: try row.decode(at: 8), path: nil))
    }
    guard !rows.isEmpty else { return nil }
    // Of a contact one entry at a time, as their times are known by contact.
    let (first, again) = Self.firsts(entries.sorted(by: DueEntry.isBefore))
    var kept = try await check(event, first).map(\.entry)
    for entry in again { kept += try await check(event, [entry]).map(\.entry) }
    let contacts = try await action.read(
      event, Set(kept.map(\.runner.contact)).sorted(), self)
    return Claim(
      event: event, token: token, entries: kept, contacts: contacts, settings: settings,
      taken: rows.count)
  }

  /// Records what came of claimed entries; those whose lease others have taken over are left to them.
  func record(_ claim: Claim, _ results: [(Entry, Result<Void, ActionFailure>)]) async throws {
    // Of a contact one entry at a time.
    var waves: [[(Entry, Result<Void, ActionFailure>)]] = []
    var depth: [Int64: Int] = [:]
    for result in results {
      let place = depth[result.0.runner.contact, default: 0]
      depth[result.0.runner.contact] = place + 1
      if place == waves.count { waves.append([]) }
      waves[place].append(result)
    }
    for wave in waves { try await recordWave(claim, wave) }
  }

  private func recordWave(
    _ claim: Claim, _ results: [(Entry, Result<Void, ActionFailure>)]
  ) async throws {
    family.takeUp()
    gone = []
    // Members come before their entries, as wherever both are locked.
    let members = try await connection.query(
      """
      SELECT contact_id, rotation, first_rotation, is_active FROM campaign_members
      WHERE contact_id = ANY (\(results.map(\.0.runner.contact).sorted()))
        AND campaign_id = \(campaign)
      ORDER BY contact_id FOR SHARE
      """)
    var present: [Int64: (rotation: Int, first: Int, isActive: Bool)] = [:]
    for row in members {
      let (contact, rotation, first, isActive) = try row.decode(
        Int64.self, Int.self, Int.self, Bool.self)
      present[contact] = (rotation, first, isActive)
    }
    let rows = try await connection.query(
      """
      UPDATE campaign_log AS l SET state = 3, executed_at = \(now), lease_until = NULL,
        lease_token = NULL
      FROM unnest(\(results.map(\.0.runner.contact)), \(results.map { Int32($0.0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(claim.event.id)
        AND l.rotation = entry.rotation AND l.state = 2 AND l.lease_token = \(claim.token)
      RETURNING l.contact_id
      """)
    let ours = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    var entries: [Entry] = []
    var outcome = ActionOutcome()
    for (entry, result) in results {
      let contact = entry.runner.contact
      guard ours.contains(contact), let member = present[contact] else { continue }
      // Who has left or begun anew meanwhile has the effect, and nothing that follows from it.
      if !member.isActive || entry.rotation < member.first { gone.insert(contact) }
      entries.append(
        Entry(
          Enrollment(contact: contact, rotation: member.rotation), rotation: entry.rotation,
          attempts: entry.attempts, isActive: member.isActive))
      if case .failure(let failure) = result { outcome.failures[contact] = failure }
    }
    guard !entries.isEmpty else { return }
    try await settle(claim.event, entries, outcome)
    try await runJumps()
  }
}
