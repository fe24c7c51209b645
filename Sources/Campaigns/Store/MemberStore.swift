import Foundation
import Postgres

/// A member's row locked for a change.
struct HeldMember: Sendable, Equatable {
  var contact: Int64
  var rotation: Int
  /// The rotation in which the current run began.
  var firstRotation: Int
  var isActive: Bool
}

/// Reads and writes members of one campaign, in a transaction at an instant.
struct MemberStore {
  let connection: PostgresConnection
  let campaign: Int64
  let now: Date

  // MARK: Locking

  /// Locks members against changes of their runs: members are locked before their entries, as everywhere.
  func share(_ contacts: [Int64]) async throws -> [HeldMember] {
    let rows = try await connection.query(
      """
      SELECT contact_id, rotation, first_rotation, is_active FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      ORDER BY contact_id FOR SHARE
      """)
    return try rows.map(Self.held)
  }

  /// Locks active members only.
  func shareActive(_ contacts: [Int64]) async throws -> [HeldMember] {
    let rows = try await connection.query(
      """
      SELECT contact_id, rotation, first_rotation, is_active FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND is_active
      ORDER BY contact_id FOR SHARE
      """)
    return try rows.map(Self.held)
  }

  /// Locks members for a change.
  ///
  /// - Parameter condition: A condition on `campaign_members AS m`.
  func lock(_ contacts: [Int64], where condition: SQL = "true") async throws -> [HeldMember] {
    let rows = try await connection.query(
      """
      SELECT m.contact_id, m.rotation, m.first_rotation, m.is_active FROM campaign_members m
      WHERE m.contact_id = ANY (\(contacts)) AND m.campaign_id = \(campaign)
        AND \(sql: condition)
      ORDER BY m.contact_id FOR NO KEY UPDATE
      """)
    return try rows.map(Self.held)
  }

  private static func held(_ row: PostgresRow) throws -> HeldMember {
    let (contact, rotation, first, isActive) = try row.decode(
      Int64.self, Int.self, Int.self, Bool.self)
    return HeldMember(
      contact: contact, rotation: rotation, firstRotation: first, isActive: isActive)
  }

  // MARK: Entering

  /// Inserts members for contacts that have no row.
  ///
  /// - Returns: The contacts inserted.
  func insert(_ contacts: [Int64], manually: Bool) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, manually_added, date_added)
      SELECT contact, \(campaign), \(manually), \(now)
      FROM unnest(\(contacts)) AS contact ORDER BY contact
      ON CONFLICT (contact_id, campaign_id) DO NOTHING RETURNING contact_id
      """)
    return try rows.map { try $0.decode("contact_id") }
  }

  /// Inserts members for contacts in ascending order without rows; fails if one has a row.
  func insertNew(_ contacts: [Int64]) async throws {
    try await connection.query(
      """
      INSERT INTO campaign_members (contact_id, campaign_id, date_added)
      SELECT contact, \(campaign), \(now) FROM unnest(\(contacts)) AS contact
      """)
  }

  /// Begins a new run of members.
  func restart(_ contacts: [Int64], manually: Bool) async throws -> [Enrollment] {
    let rows = try await connection.query(
      """
      UPDATE campaign_members SET rotation = rotation + 1, first_rotation = rotation + 1,
        is_active = true, manually_added = \(manually) OR (is_active AND manually_added),
        date_added = \(now), date_last_exited = NULL
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      RETURNING contact_id, rotation
      """)
    return try rows.map(Self.enrollment)
  }

  /// Records what a new run overwrites: the beginning of the previous one, and its end if it was active
  /// (CAM-701).
  ///
  /// - Parameter condition: A condition on `campaign_members AS m`.
  func recordRuns(of contacts: [Int64], where condition: SQL) async throws {
    try await connection.query(
      """
      WITH old AS MATERIALIZED (
        SELECT contact_id, first_rotation, date_added, manually_added, is_active
        FROM campaign_members AS m WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
          AND \(sql: condition)
        ORDER BY contact_id FOR NO KEY UPDATE
      )
      INSERT INTO campaign_history (contact_id, campaign_id, run, entered, at, by_hand)
      SELECT contact_id, \(campaign), first_rotation, true, date_added, manually_added FROM old
      UNION ALL
      SELECT contact_id, \(campaign), first_rotation, false, \(now), true FROM old WHERE is_active
      ON CONFLICT DO NOTHING
      """)
  }

  /// Cancels the open entries of runs before the current ones of enrollments (CAM-108).
  func cancelEarlierRuns(_ enrollments: [Enrollment]) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(literal: EntryState.cancelled),
        cancel_reason = 'restarted'
      FROM unnest(\(enrollments.map(\.contact)), \(enrollments.map { Int32($0.rotation) }))
        AS enrollment (contact, rotation)
      WHERE l.contact_id = enrollment.contact AND l.campaign_id = \(campaign)
        AND l.rotation < enrollment.rotation AND l.state < \(literal: EntryState.running)
      """)
  }

  // MARK: Exiting

  /// Ends the runs of active members. For those that had exited before, only the exit date changes (CAM-124).
  ///
  /// - Parameters:
  ///   - members: The members, active or not.
  ///   - active: The active ones among them.
  func exit(_ members: [Int64], active: [Int64], _ kind: ExitKind) async throws {
    let exited: Date? = kind == .exit ? now : nil
    try await connection.pipeline([
      CounterStore(connection: connection, campaign: campaign).uncountStatement(active),
      """
      INSERT INTO campaign_history (contact_id, campaign_id, run, entered, at, by_hand)
      SELECT contact_id, campaign_id, first_rotation, false, \(now), \(kind == .byHand)
      FROM campaign_members WHERE contact_id = ANY (\(active)) AND campaign_id = \(campaign)
      ON CONFLICT DO NOTHING
      """,
      """
      UPDATE campaign_members SET is_active = false, date_last_exited = \(exited)::timestamptz
      WHERE contact_id = ANY (\(members)) AND campaign_id = \(campaign)
      """,
    ])
  }

  /// Cancels the open entries of exiting contacts.
  func cancelOpen(of contacts: [Int64]) async throws {
    let note = "left the campaign at \(now.formatted(.iso8601))"
    try await connection.query(
      """
      UPDATE campaign_log SET state = \(literal: EntryState.cancelled), cancel_reason = 'left',
        note = \(note)
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
        AND state < \(literal: EntryState.running)
      """)
  }

  // MARK: Rotations

  /// Raises the rotation of jumping members, and closes the decisions of the previous one (CAM-342).
  func rotate(_ contacts: [Int64]) async throws -> [Enrollment] {
    let results = try await connection.pipeline([
      CounterStore(connection: connection, campaign: campaign).uncountStatement(contacts),
      """
      UPDATE campaign_members SET rotation = rotation + 1
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      RETURNING contact_id, rotation
      """,
      DecisionEntryStore(connection: connection, campaign: campaign).closeStatement(of: contacts),
    ])
    return try results[1].map(Self.enrollment).sorted { $0.contact < $1.contact }
  }

  /// Returns the members of the campaign in the order of contacts, active or not.
  func contacts(after contact: Int64, limit: Int) async throws -> [Int64] {
    let rows = try await connection.query(
      """
      SELECT contact_id FROM campaign_members
      WHERE campaign_id = \(campaign) AND contact_id > \(contact) ORDER BY contact_id LIMIT \(limit)
      """)
    return try rows.map { try $0.decode("contact_id") }
  }

  private static func enrollment(_ row: PostgresRow) throws -> Enrollment {
    let (contact, rotation) = try row.decode(Int64.self, Int.self)
    return Enrollment(contact: contact, rotation: rotation)
  }

  /// Deletes some members of a campaign, with their log.
  ///
  /// - Returns: The number of members deleted.
  static func deleteSome(
    of campaign: Int64, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.query(
      """
      WITH batch AS MATERIALIZED (
        SELECT contact_id FROM campaign_members WHERE campaign_id = \(campaign)
        ORDER BY contact_id LIMIT 5000 FOR UPDATE
      )
      DELETE FROM campaign_members m USING batch
      WHERE m.contact_id = batch.contact_id AND m.campaign_id = \(campaign)
      """
    ).affected
  }
}
