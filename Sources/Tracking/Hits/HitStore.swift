import Foundation
import JobQueue
import Points
import Postgres
import Primitives

/// The rows of hits.
enum HitStore {
  /// Returns which of these hits are recorded already.
  static func known(_ hits: [UUID], on connection: PostgresConnection) async throws -> Set<UUID> {
    guard !hits.isEmpty else { return [] }
    // The limit keeps a plan that was made while the table was small from reading all of it.
    return Set(
      try await connection.query(
        """
        SELECT known.hit FROM unnest(\(hits)::uuid[]) AS given (hit)
        CROSS JOIN LATERAL (SELECT hit FROM page_hits p WHERE p.hit = given.hit LIMIT 1) AS known
        """
      ).map { try $0.decode(at: 0) })
  }

  private static let columns: SQL = """
    hit, contact_id, device_id, email_id, redirect_id, source_id, page_id, at, tracking_id, url, title,
    referrer, language, browser_languages, user_agent, ip_address, source, query
    """

  /// Writes rows by COPY. The caller has locked the contacts, and none of the hits is recorded.
  static func copy(_ hits: [Hit], on connection: PostgresConnection) async throws {
    guard !hits.isEmpty else { return }
    var buffer: [UInt8] = []
    buffer.reserveCapacity(hits.count * 512)
    func some(_ text: String) -> String? { text.isEmpty ? nil : text }
    for hit in hits {
      CopyText.append(
        row: [
          hit.id.uuidString, hit.contact.map { String($0) }, hit.device.map { String($0) },
          hit.email.map { String($0) }, hit.redirect.map { String($0) },
          hit.sourceID.map { String($0) }, hit.pages.first.map { String($0) },
          CopyText.instant(hit.at),
          hit.trackingID, hit.url, some(hit.title), some(hit.referrer), some(hit.language),
          some(hit.browserLanguages), some(hit.agent), some(hit.address), some(hit.source),
          hit.query,
        ], to: &buffer)
    }
    let rows = buffer
    try await connection.copyIn("COPY page_hits (\(sql: columns)) FROM STDIN") { writer in
      try await writer.write(rows)
    }
  }

  /// Notes when pages were left: at the next hit of the same browser.
  static func leave(_ hits: [Hit], on connection: PostgresConnection) async throws {
    let following = hits.filter { $0.previous != nil && $0.trackingID != nil }
    guard !following.isEmpty else { return }
    try await connection.query(
      """
      UPDATE page_hits p SET left_at = n.at
      FROM (
        SELECT hit, tracking, min(at) AS at
        FROM unnest(\(following.map(\.previous))::uuid[], \(following.map(\.trackingID))::text[],
          \(following.map(\.at))::timestamptz[]) AS given (hit, tracking, at) GROUP BY 1, 2
      ) AS n
      WHERE p.hit = n.hit AND p.tracking_id = n.tracking AND p.left_at IS NULL AND p.at <= n.at
      """)
  }

  /// Returns the earlier visits of contacts to the addresses of a pattern, without some hits.
  static func visits(
    of contacts: [Int64], to pattern: String, except hits: [UUID],
    on connection: PostgresConnection
  ) async throws -> [Int64: UrlVisits] {
    let like = pattern.replacing("\\", with: "\\\\").replacing("%", with: "\\%")
      .replacing("_", with: "\\_").replacing("*", with: "%")
    let rows = try await connection.query(
      """
      SELECT contact_id, count(*)::integer AS count,
        coalesce(sum(extract(epoch FROM left_at - at)), 0)::bigint AS seconds, max(at) AS last
      FROM page_hits WHERE contact_id = ANY (\(contacts)) AND url LIKE \(like)
        AND NOT hit = ANY (\(hits))
      GROUP BY contact_id
      """)
    var visits: [Int64: UrlVisits] = [:]
    for row in rows {
      let seconds: Int64 = try row.decode("seconds")
      visits[try row.decode("contact_id")] = UrlVisits(
        count: try row.decode("count"), seconds: Int(seconds), last: try row.decode("last"))
    }
    return visits
  }

  /// Returns the kinds, brands and systems of devices.
  static func devices(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: HitDevice] {
    guard !ids.isEmpty else { return [:] }
    let rows = try await connection.query(
      "SELECT id, device, device_brand, device_os_name FROM devices WHERE id = ANY (\(ids))")
    var devices: [Int64: HitDevice] = [:]
    for row in rows {
      devices[try row.decode("id")] = HitDevice(
        kind: try row.decode("device"), brand: try row.decode("device_brand"),
        system: try row.decode("device_os_name"))
    }
    return devices
  }

  /// Returns the contacts that lack a zone or a locale.
  static func lackingZone(
    _ contacts: [Int64], on connection: PostgresConnection
  ) async throws -> [(contact: Int64, zone: Bool, locale: Bool)] {
    try await connection.query(
      """
      SELECT id, timezone IS NULL, preferred_locale IS NULL FROM contacts
      WHERE id = ANY (\(contacts)) AND (timezone IS NULL OR preferred_locale IS NULL) ORDER BY id
      """
    ).map { (try $0.decode(at: 0), try $0.decode(at: 1), try $0.decode(at: 2)) }
  }
}
