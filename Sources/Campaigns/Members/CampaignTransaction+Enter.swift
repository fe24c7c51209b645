package import Contacts
import Foundation
import Postgres

/// How contacts come into a campaign (campaigns.md 4.1).
enum EntrySource: Sendable {
  /// A source segment holds them.
  case segment
  /// Somebody or something adds them: a user, a form, an action, points.
  case manual
}

extension CampaignTransaction {
  /// Takes contacts in: members are made, and their run begins, in one transaction (CAM-102). Who may not
  /// enter is left as it is (CAM-103, CAM-105, CAM-107). The caller keeps the contacts from being deleted.
  ///
  /// - Parameters:
  ///   - contacts: Who.
  ///   - way: How they come.
  ///   - areNew: Whether they are in ascending order and none had a row when the caller looked: then none is
  ///     looked for again, which takes half of the time.
  /// - Returns: Who began a run, in order.
  @discardableResult
  func enter(_ contacts: [Int64], by way: EntrySource, areNew: Bool = false) async throws -> [Int64]
  {
    guard !contacts.isEmpty else { return [] }
    if areNew, let entered = try await enterNew(contacts) { return entered }
    let contacts = Set(contacts).sorted()
    let manual = way == .manual
    let rows = try await connection.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, manually_added, date_added)
      SELECT contact, \(campaign), \(manual), \(now)
      FROM unnest(\(contacts)) AS contact ORDER BY contact
      ON CONFLICT (contact_id, campaign_id) DO NOTHING RETURNING contact_id
      """)
    var runners: [Enrollment] = []
    runners.reserveCapacity(rows.count)
    for row in rows { runners.append(Enrollment(contact: try row.decode(at: 0), rotation: 1)) }
    if runners.count < contacts.count {
      let new = Set(runners.map(\.contact))
      runners += try await restart(contacts.filter { !new.contains($0) }, by: way)
    }
    guard !runners.isEmpty else { return [] }
    runners.sort { $0.contact < $1.contact }
    family.note(runners.map(\.contact), in: campaign)
    try await countMembers(added: runners.count)
    let again = runners.filter { $0.rotation > 1 }
    if !again.isEmpty {
      // What the run before had open does not fire beside the new one (CAM-108).
      try await connection.query(
        """
        UPDATE campaign_log AS l SET state = 5, cancel_reason = 'restarted'
        FROM unnest(\(again.map(\.contact)), \(again.map { Int32($0.rotation) }))
          AS runner (contact, rotation)
        WHERE l.contact_id = runner.contact AND l.campaign_id = \(campaign)
          AND l.rotation < runner.rotation AND l.state < 2
        """)
    }
    let members = runners.map(\.contact)
    // The marks go with the next statement: filters may ask who is in a campaign.
    try await ContactChanges.mark(
      members, [.anyCampaign, .campaign(campaign)], now: now, on: connection)
    gone.subtract(members)
    try await consider(graph.roots, runners)
    try await runJumps()
    return members
  }

  /// Takes in contacts of a segment who have no rows, by inserts that expect none.
  ///
  /// - Returns: nil where somebody else made a row meanwhile; nothing was written then.
  private func enterNew(_ contacts: [Int64]) async throws -> [Int64]? {
    let before = family.state
    do {
      try await connection.savepoint { connection in
        try await connection.query(
          """
          INSERT INTO campaign_members (contact_id, campaign_id, date_added)
          SELECT contact, \(campaign), \(now) FROM unnest(\(contacts)) AS contact
          """)
        family.note(contacts, in: campaign)
        // Entries of a contact who was never a member cannot be there either.
        expectsNoEntries = true
        defer { expectsNoEntries = false }
        try await consider(graph.roots, contacts.map { Enrollment(contact: $0, rotation: 1) })
      }
    } catch let error as PostgresError where error.sqlState == .uniqueViolation {
      family.state = before
      return nil
    }
    try await countMembers(added: contacts.count)
    try await ContactChanges.mark(
      contacts, [.anyCampaign, .campaign(campaign)], now: now, on: connection)
    try await runJumps()
    return contacts
  }

  /// Whether a member `m` begins a new run (campaigns.md 8.1).
  private func mayRestart(_ way: EntrySource) -> SQL {
    switch way {
    case .segment:
      let limit = now.addingTimeInterval(-Double(settings.restartPause.components.seconds))
      return """
        (\(graph.allowsRestart) AND NOT m.is_active AND m.date_last_exited <= \(limit))
        """
    case .manual: return "(NOT m.is_active OR \(graph.allowsRestart))"
    }
  }

  /// Begins a new run of those members who may. What the run before came to counts no longer.
  private func restart(_ contacts: [Int64], by way: EntrySource) async throws -> [Enrollment] {
    let rows = try await connection.query(
      """
      SELECT m.contact_id, m.is_active FROM campaign_members m
      WHERE m.contact_id = ANY (\(contacts)) AND m.campaign_id = \(campaign)
        AND \(sql: mayRestart(way))
      ORDER BY m.contact_id FOR NO KEY UPDATE
      """)
    guard !rows.isEmpty else { return [] }
    var held: [Int64] = []
    var active: [Int64] = []
    for row in rows {
      let (contact, isActive) = try row.decode(Int64.self, Bool.self)
      held.append(contact)
      if isActive { active.append(contact) }
    }
    if !active.isEmpty {
      try await connection.query("SELECT campaigns_uncount(\(active), \(campaign))")
      // They are counted as added again.
      try await countMembers(removed: active.count)
    }
    try await keepHistory(of: held, by: way)
    let manual = way == .manual
    let begun = try await connection.query(
      """
      UPDATE campaign_members SET rotation = rotation + 1, first_rotation = rotation + 1,
        is_active = true, manually_added = \(manual) OR (is_active AND manually_added),
        date_added = \(now), date_last_exited = NULL
      WHERE contact_id = ANY (\(held)) AND campaign_id = \(campaign)
      RETURNING contact_id, rotation
      """)
    return try begun.map { row in
      Enrollment(contact: try row.decode(at: 0), rotation: try row.decode(at: 1))
    }
  }

  /// Writes down what a new run overwrites: when the one before began, and that it ended where it had not
  /// (CAM-701).
  private func keepHistory(of contacts: [Int64], by way: EntrySource) async throws {
    guard way == .manual || graph.allowsRestart else { return }
    try await connection.query(
      """
      WITH old AS MATERIALIZED (
        SELECT contact_id, first_rotation, date_added, manually_added, is_active
        FROM campaign_members AS m WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
          AND \(sql: mayRestart(way))
        ORDER BY contact_id FOR NO KEY UPDATE
      )
      INSERT INTO campaign_history (contact_id, campaign_id, run, entered, at, by_hand)
      SELECT contact_id, \(campaign), first_rotation, true, date_added, manually_added FROM old
      UNION ALL
      SELECT contact_id, \(campaign), first_rotation, false, \(now), true FROM old WHERE is_active
      ON CONFLICT DO NOTHING
      """)
  }

  /// Counts who came and who left (CAM-803).
  func countMembers(added: Int = 0, removed: Int = 0) async throws {
    let hour = Self.hour(of: now)
    try await connection.query(
      """
      INSERT INTO campaign_member_hours AS old (campaign_id, hour, slot, added, removed)
      VALUES (\(campaign), \(hour), pg_backend_pid() % 16, \(added), \(removed))
      ON CONFLICT (campaign_id, hour, slot) DO UPDATE SET added = old.added + excluded.added,
        removed = old.removed + excluded.removed
      """)
  }
}

extension ChangeTopic {
  /// Membership of campaigns altogether.
  package static let anyCampaign = ChangeTopic(rawValue: "campaign:any")
  /// Membership of a campaign.
  package static func campaign(_ id: Int64) -> ChangeTopic {
    ChangeTopic(rawValue: "campaign:\(id)")
  }
}
