import Foundation
import JobQueue
import Postgres
import Segments

/// Reads the recipients of a broadcast.
extension BroadcastRun {
  /// Returns the type of the e-mail; nil if it cannot be sent at the moment.
  func kind(on connection: PostgresConnection) async throws -> EmailType? {
    let rows = try await connection.query(
      """
      SELECT email_type FROM emails e WHERE id = \(email) AND \(sql: EmailFamily.isOpen("e", now: now))
      """)
    return try rows.first.flatMap { EmailType(rawValue: try $0.decode(at: 0)) }
  }

  /// Returns the next recipients by contact id (EML-130), each with the first segment of the e-mail's list that
  /// contains it (EML-131). Segments are read in step, each by its index; contacts that have the send, are barred
  /// or held are excluded by look-ups.
  ///
  /// - Returns: The recipients, and the contact up to which members were read; nil at the end.
  func recipients(
    _ size: Int, on connection: PostgresConnection
  ) async throws -> (recipients: [(Int64, Int64)], family: Int64, end: Int64?) {
    let lists = try await lists(on: connection)
    guard !lists.included.isEmpty else { return ([], lists.family, nil) }
    let branches = lists.included.enumerated().map { place, segment -> SQL in
      """
      (SELECT contact_id, \(segment)::bigint AS segment_id, \(place)::bigint AS place
        FROM segment_members
        WHERE segment_id = \(segment)
          AND \(sql: SegmentMember.isMember("segment_members")) AND contact_id > \(after)
        ORDER BY contact_id LIMIT \(Broadcasts.step))
      """
    }
    let rows = try await connection.query(
      """
      WITH found AS MATERIALIZED (\(sql: branches.joined(separator: " UNION ALL "))),
      -- Beyond the end of a branch that was cut off, nothing is known yet.
      bound AS (
        SELECT min(top) AS top FROM (
          SELECT max(contact_id) AS top FROM found GROUP BY place
          HAVING count(*) = \(Broadcasts.step)) AS full_branches
      ), members AS (
        SELECT DISTINCT ON (contact_id) contact_id, segment_id FROM found, bound
        WHERE bound.top IS NULL OR contact_id <= bound.top ORDER BY contact_id, place
      )
      SELECT m.contact_id, m.segment_id, bound.top FROM bound LEFT JOIN LATERAL (
        SELECT m.contact_id, m.segment_id FROM members m
        JOIN contacts c ON c.id = m.contact_id AND c.email IS NOT NULL
        WHERE \(sql: eligible("m.contact_id", lists)) ORDER BY m.contact_id LIMIT \(size)
      ) m ON true
      """)
    var recipients: [(Int64, Int64)] = []
    var top: Int64?
    for row in rows {
      top = try row.decode(at: 2)
      if let contact: Int64 = try row.decode(at: 0) {
        recipients.append((contact, try row.decode(at: 1)))
      }
    }
    // A full page may have been cut off before the last member.
    let end = recipients.count == size ? recipients.last?.0 : top
    return (recipients, lists.family, end)
  }

  func lists(on connection: PostgresConnection) async throws -> Lists {
    let rows = try await connection.query(
      """
      SELECT e.family_id, e.category_id, l.segment_id, l.is_excluded
      FROM emails e LEFT JOIN email_segments l ON l.email_id = e.id
      WHERE e.id = \(email) ORDER BY l.position
      """)
    var lists = Lists(family: email, category: nil, included: [], excluded: [])
    for row in rows {
      lists.family = try row.decode(at: 0)
      lists.category = try row.decode(at: 1)
      guard let segment: Int64 = try row.decode(at: 2) else { continue }
      if try row.decode(at: 3, as: Bool.self) {
        lists.excluded.append(segment)
      } else if segments?.contains(segment) ?? true {
        lists.included.append(segment)
      }
    }
    return lists
  }

  func pending(on connection: PostgresConnection) async throws -> Int {
    let lists = try await lists(on: connection)
    guard !lists.included.isEmpty else { return 0 }
    let rows = try await connection.query(
      """
      SELECT count(*) FROM (
        SELECT DISTINCT m.contact_id FROM segment_members m
        JOIN contacts c ON c.id = m.contact_id AND c.email IS NOT NULL
        WHERE m.segment_id = ANY (\(lists.included)) AND \(sql: SegmentMember.isMember("m"))
          AND \(sql: eligible("m.contact_id", lists))) AS pending
      """)
    return try rows.first?.decode(at: 0) ?? 0
  }
}
