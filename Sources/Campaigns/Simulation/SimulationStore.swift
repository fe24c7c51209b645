import Foundation
import Mail
import Postgres
import Segments

/// Prepares and reads the tables for one simulation, whose transaction is rolled back.
struct SimulationStore {
  let connection: PostgresConnection

  // MARK: Preparing

  /// Inserts an empty campaign.
  func insertCampaign(at now: Date) async throws -> Int64? {
    try await connection.query(
      "INSERT INTO campaigns (name, date_added) VALUES ('…', \(now)) RETURNING id"
    ).first?.decode("id")
  }

  /// Publishes a campaign permanently.
  ///
  /// - Returns: Its version; nil if it does not exist.
  func publish(_ campaign: Int64) async throws -> Int64? {
    try await connection.query(
      """
      UPDATE campaigns SET is_published = true, publish_up = NULL, publish_down = NULL,
        category_id = NULL, version = version + 1
      WHERE id = \(campaign) AND deleted_at IS NULL RETURNING version
      """
    ).first?.decode("version")
  }

  /// Deletes all traces of contacts in a campaign.
  func forget(_ contacts: [Int64], in campaign: Int64) async throws {
    try await connection.pipeline([
      "DELETE FROM campaign_log WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)",
      """
      DELETE FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      """,
    ])
  }

  /// Inserts an invented contact.
  func insertContact(at now: Date) async throws -> Int64 {
    let rows = try await connection.query(
      """
      INSERT INTO contacts (date_added, date_identified, identity_shared)
      VALUES (\(now), \(now), true) RETURNING id
      """)
    return try rows[0].decode("id")
  }

  // MARK: Reading

  /// Returns contacts that exited while a source segment holds them, with the instants of their exits.
  func exits(
    of contacts: [Int64], _ campaign: Int64, sources: [Int64]
  ) async throws -> [(Int64, Date)] {
    let rows = try await connection.query(
      """
      SELECT m.contact_id, m.date_last_exited FROM campaign_members m
      WHERE m.contact_id = ANY (\(contacts)) AND m.campaign_id = \(campaign) AND NOT m.is_active
        AND m.date_last_exited IS NOT NULL AND EXISTS (SELECT FROM segment_members s
          JOIN segments g ON g.id = s.segment_id AND g.is_published
          WHERE s.contact_id = m.contact_id AND s.segment_id = ANY (\(sources))
            AND \(sql: SegmentMember.isMember("s")))
      ORDER BY m.contact_id
      """)
    return try rows.map { try $0.decode(Int64.self, Date.self) }
  }

  /// Returns the announcements of segments about contacts after a given one.
  func announcements(
    after last: Int64, of segments: [Int64], about contacts: [Int64]
  ) async throws -> [(id: Int64, contacts: [Int64])] {
    let rows = try await connection.query(
      """
      SELECT id, contact_ids FROM segment_announcements
      WHERE id > \(last) AND segment_id = ANY (\(segments))
        AND contact_ids && \(contacts)
      ORDER BY id
      """)
    return try rows.map { row in
      let (id, contacts) = try row.decode(Int64.self, [Int64].self)
      return (id, contacts)
    }
  }

  /// Returns the executed entries of contacts: contact, event, rotation, instant.
  func executed(
    by contacts: [Int64], _ campaign: Int64
  ) async throws -> [(Int64, Int64, Int64, Date)] {
    let rows = try await connection.query(
      """
      SELECT contact_id, event_id, rotation, executed_at FROM campaign_log
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND state = \(literal: EntryState.executed)
      """)
    return try rows.map { try $0.decode(Int64.self, Int64.self, Int64.self, Date.self) }
  }
}
