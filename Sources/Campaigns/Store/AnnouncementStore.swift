import Foundation
import Postgres

/// Reads and takes the announcements of segments, and finds the affected campaigns.
enum AnnouncementStore {
  /// Returns the id of the last announcement; 0 without one.
  static func last(on connection: PostgresConnection) async throws -> Int64 {
    try await connection.query("SELECT coalesce(max(id), 0) AS last FROM segment_announcements")
      .first?.decode("last") ?? 0
  }

  /// Whether there are announcements.
  static func isAnyWaiting(on connection: PostgresConnection) async throws -> Bool {
    try await !connection.query("SELECT FROM segment_announcements LIMIT 1").isEmpty
  }

  /// Whether at least a hundred changes of contacts wait for the segments' refresh.
  static func hasManyChanges(on connection: PostgresConnection) async throws -> Bool {
    try await connection.query("SELECT FROM contact_changes LIMIT 100").count >= 100
  }

  /// Takes some announcements.
  ///
  /// - Returns: The contacts that moved, by segment; nil where there are no announcements.
  static func take(
    upTo last: Int64, on connection: PostgresConnection
  ) async throws -> [Int64: Set<Int64>]? {
    let rows = try await connection.query(
      """
      DELETE FROM segment_announcements WHERE id IN (
        SELECT id FROM segment_announcements WHERE id <= \(last)
        ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED)
      RETURNING segment_id, contact_ids
      """)
    guard !rows.isEmpty else { return nil }
    var contacts: [Int64: Set<Int64>] = [:]
    for row in rows {
      let (segment, ids) = try row.decode(Int64.self, [Int64].self)
      contacts[segment, default: []].formUnion(ids)
    }
    return contacts
  }

  /// Returns the live campaigns with these segments as sources, and those segments.
  static func liveCampaigns(
    of segments: [Int64], now: Date, on connection: PostgresConnection
  ) async throws -> [(campaign: Int64, segments: [Int64])] {
    let rows = try await connection.query(
      """
      SELECT s.campaign_id, array_agg(s.source_id) FROM campaign_sources s
        JOIN campaigns c ON c.id = s.campaign_id
      WHERE s.kind = 'segment' AND s.source_id = ANY (\(segments))
        AND \(sql: CampaignSQL.isLive(now))
      GROUP BY s.campaign_id ORDER BY s.campaign_id
      """)
    return try rows.map { row in
      let (campaign, segments) = try row.decode(Int64.self, [Int64].self)
      return (campaign, segments)
    }
  }
}
