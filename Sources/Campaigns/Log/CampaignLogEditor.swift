package import Contacts
package import Foundation
import JobQueue
import Postgres

/// What is to become of one contact's entry of an event (api.md 8.4).
package struct EntryChange: Sendable {
  /// A new fire time.
  package var triggerDate: Date?
  /// That it was executed, and when.
  package var dateTriggered: Date?
  /// The address it came from.
  package var ipAddress: String?
  /// Whatever else is to be known.
  package var metadata: JSONValue?
  /// Whether the path taken is `no`.
  package var nonActionPathTaken: Bool?
  /// What it was about.
  package var channel: String?
  /// The number of what it was about.
  package var channelID: Int64?

  /// Nothing.
  package init() {}
}

/// Moves, ends and writes entries of single contacts by hand (campaigns.md 10.6).
package struct CampaignLogEditor: Sendable {
  let runtime: CampaignService

  init(runtime: CampaignService) { self.runtime = runtime }

  /// Sets the fire time of an entry, or writes down that it was executed (CAM-702, CAM-706).
  ///
  /// - Returns: Whether the entry is new.
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func change(_ event: Int64, contact: Int64, _ change: EntryChange) async throws -> Bool {
    guard let campaign = try await runtime.campaign(of: event) else {
      throw CampaignError.notFound("there is no event \(event)")
    }
    let now = runtime.jobs.clock.now
    let isNew = try await runtime.pass(campaign, now: now, evenAsleep: true) { pass in
      guard let event = pass.graph[event] else {
        throw CampaignError.notFound("there is no event \(event)")
      }
      return try await pass.change(event, contact, change)
    }
    guard let isNew else { throw CampaignError.notFound("there is no campaign \(campaign)") }
    return isNew
  }

  /// Cancels an entry with a future fire time (CAM-703).
  ///
  /// - Throws: ``CampaignError``; `PostgresError`.
  package func cancel(_ event: Int64, contact: Int64) async throws {
    let now = runtime.jobs.clock.now
    let state = try await runtime.jobs.postgres.query(
      """
      WITH found AS (
        SELECT contact_id, event_id, rotation, state, fire_at FROM campaign_log
        WHERE contact_id = \(contact) AND event_id = \(event)
        ORDER BY state = 0 DESC, rotation DESC LIMIT 1 FOR UPDATE
      ), written AS (
        UPDATE campaign_log l SET state = 5, cancel_reason = 'user' FROM found f
        WHERE l.contact_id = f.contact_id AND l.event_id = f.event_id AND l.rotation = f.rotation
          AND f.state = 0 AND f.fire_at > \(now)
        RETURNING 1
      )
      SELECT f.state, EXISTS (SELECT FROM written) FROM found f
      """)
    guard let row = state.first else {
      throw CampaignError.notFound("the contact \(contact) has no entry of the event \(event)")
    }
    let (state0, isDone) = (
      try row.decode(at: 0, as: Int16.self), try row.decode(at: 1, as: Bool.self)
    )
    guard isDone else {
      // CAM-705.
      throw CampaignError.conflict(
        "the entry is \(EntryState(rawValue: state0)?.name ?? "ended") or due, and cannot be cancelled"
      )
    }
  }
}

/// The states of entries, by their numbers in the database (campaigns.md 8.2).
package enum EntryState: Int16, Sendable, CaseIterable {
  case scheduled, waiting, running, executed, failed, cancelled

  /// The name as people read it.
  package var name: String { "\(self)" }
}

extension CampaignTransaction {
  /// - Returns: Whether the entry is new.
  fileprivate func change(
    _ event: CampaignEvent, _ contact: Int64, _ change: EntryChange
  ) async throws -> Bool {
    // Nobody deletes it meanwhile.
    guard try await ContactLock.lock([contact], on: connection) == [contact] else {
      throw CampaignError.notFound("there is no contact \(contact)")
    }
    let members = try await connection.query(
      """
      SELECT rotation, is_active FROM campaign_members
      WHERE contact_id = \(contact) AND campaign_id = \(campaign) FOR SHARE
      """)
    guard let member = members.first, try member.decode(at: 1, as: Bool.self) else {
      throw CampaignError.conflict("the contact \(contact) is no member of the campaign")
    }
    let rotation: Int = try member.decode(at: 0)
    let rows = try await connection.query(
      """
      SELECT state, rotation, fire_at, executed_at, fire_at < base_at FROM campaign_log
      WHERE contact_id = \(contact) AND event_id = \(event.id)
      ORDER BY state = 0 DESC, rotation DESC LIMIT 1 FOR UPDATE
      """)
    let old = rows.first
    let state = try old.flatMap { EntryState(rawValue: try $0.decode(at: 0)) }
    let executed = try old?.decode(at: 3, as: Date?.self)
    let oldRotation = try old?.decode(at: 1, as: Int.self) ?? rotation
    if state == .executed, oldRotation == rotation,
      change.triggerDate != nil || change.dateTriggered != nil
    {
      throw CampaignError.conflict(
        "the event was executed already at \(executed.map { $0.formatted(.iso8601) } ?? "some time")"
      )
    }
    if let state, state == .failed || state == .cancelled, oldRotation == rotation,
      change.triggerDate != nil || change.dateTriggered != nil
    {
      // CAM-460.
      throw CampaignError.conflict("the entry is \(state.name), which is final for this run")
    }
    if event.kind == .decision, change.triggerDate != nil {
      throw CampaignError.conflict("a decision cannot be scheduled")
    }
    if change.triggerDate == nil, change.dateTriggered == nil, old == nil {
      throw CampaignError.conflict("there is nothing to schedule: neither date is given")
    }
    let oldFire = state == .scheduled ? try old?.decode(at: 2, as: Date?.self) : nil
    // Given to it by hand when it was written down; as long as nobody has taken it, it may be moved (CAM-706).
    let isLaidIntoPast = try oldFire != nil && old?.decode(at: 4, as: Bool?.self) == true
    if let fire = change.triggerDate, fire < now, oldFire != nil, !isLaidIntoPast {
      // CAM-702: the old time stays.
      throw CampaignError.refused(
        InvalidInput("triggerDate", "\(fire.formatted(.iso8601)) lies in the past"))
    }
    if let executed = change.dateTriggered, executed > now.addingTimeInterval(60) {
      // Clocks differ a little.
      throw CampaignError.refused(
        InvalidInput("dateTriggered", "\(executed.formatted(.iso8601)) lies in the future"))
    }
    if state == .running {
      throw CampaignError.conflict("the event is being executed")
    }
    if let oldFire, oldFire <= now, !isLaidIntoPast, change.triggerDate != nil {
      throw CampaignError.conflict("the event is due and cannot be rescheduled")
    }
    let ip = try await address(change.ipAddress, contact)
    let target = state == .scheduled || state == .waiting ? oldRotation : rotation
    let isExecuted = change.dateTriggered != nil && change.triggerDate == nil
    let newState: EntryState = isExecuted ? .executed : .scheduled
    let path: Bool? =
      event.kind == .action ? nil : isExecuted ? !(change.nonActionPathTaken ?? false) : nil
    if let part = change.metadata?.unstorable("metadata") {
      throw CampaignError.refused(InvalidInput(part, "not valid text"))
    }
    let metadata = try change.metadata.map { try JSON($0) }
    if change.triggerDate == nil, change.dateTriggered == nil {
      try await connection.query(
        """
        UPDATE campaign_log SET ip_id = coalesce(\(ip), ip_id),
          metadata = coalesce(\(metadata)::jsonb, metadata),
          channel = coalesce(\(change.channel)::text, channel),
          channel_id = coalesce(\(change.channelID)::bigint, channel_id)
        WHERE contact_id = \(contact) AND event_id = \(event.id) AND rotation = \(oldRotation)
        """)
      return false
    }
    let written = try await connection.query(
      """
      INSERT INTO campaign_log AS l (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path, pinned, ip_id, metadata, channel, channel_id)
      VALUES (\(contact), \(event.id), \(target), \(campaign), \(now),
        \(change.triggerDate ?? change.dateTriggered)::timestamptz,
        \(isExecuted ? change.dateTriggered : nil)::timestamptz, \(newState.rawValue), \(path)::boolean,
        \(!isExecuted), \(ip)::bigint, \(metadata)::jsonb, \(change.channel)::text,
        \(change.channelID)::bigint)
      ON CONFLICT (contact_id, event_id, rotation) DO UPDATE SET fire_at = excluded.fire_at,
        executed_at = excluded.executed_at, state = excluded.state, path = excluded.path,
        pinned = excluded.pinned, ip_id = coalesce(excluded.ip_id, l.ip_id),
        metadata = coalesce(excluded.metadata, l.metadata), cancel_reason = NULL,
        channel = coalesce(excluded.channel, l.channel),
        channel_id = coalesce(excluded.channel_id, l.channel_id), attempts = 0,
        error = CASE WHEN excluded.state = \(EntryState.scheduled.rawValue) THEN l.error END
      RETURNING xmax = 0
      """)
    if isExecuted {
      count(
        event.id, .executed(path), 1, current: target == rotation ? 1 : 0, at: change.dateTriggered)
    } else if let fire = change.triggerDate, fire > now {
      // What lies in the past is found by the next look: until then it can be moved (CAM-706).
      wake(event, [fire])
    }
    return try written.first?.decode(at: 0) ?? false
  }

  private func address(_ text: String?, _ contact: Int64) async throws -> Int64? {
    guard let text, !text.isEmpty else { return nil }
    guard IPAddresses.isAddress(text) else {
      throw CampaignError.refused(
        InvalidInput("ipAddress", "\(InvalidInput.shown(text)) is no address"))
    }
    try await IPAddresses.add([(contact, text)], now: now, on: connection)
    return try await connection.query(
      "SELECT id FROM ip_addresses WHERE address = \(text)::text::inet"
    ).first?.decode(at: 0)
  }
}
