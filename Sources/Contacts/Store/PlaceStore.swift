import Foundation
import Postgres

/// The places of addresses, and the contacts whose location they fill (tracking.md 16).
enum PlaceStore {
  /// A contact at an address, whose place was not looked at for it yet.
  struct Sighting: Sendable {
    let contact: Int64
    let address: Int64
    let text: String
    /// What is known of the place, by the names on the wire; nil for an address that was not looked up yet.
    let details: [String: String]?
  }

  /// The fields that a place fills, all of which have to be empty, and the names of what fills them.
  static let fields = [
    ("city", "city"), ("state", "region"), ("country", "country"), ("zipcode", "zipcode"),
  ]

  /// Returns sightings that wait, at most a number of them.
  static func waiting(_ limit: Int, in pool: PostgresPool) async throws -> [Sighting] {
    try await pool.query(
      """
      SELECT s.contact_id, s.ip_id, host(i.address), CASE WHEN i.located_at IS NOT NULL
        THEN coalesce(i.details, '{}') END
      FROM contact_ips s JOIN ip_addresses i ON i.id = s.ip_id
      WHERE NOT s.is_located ORDER BY s.ip_id, s.contact_id LIMIT \(limit)
      """
    ).map { row in
      let details: JSON? = try row.decode(at: 3)
      return Sighting(
        contact: try row.decode(at: 0), address: try row.decode(at: 1), text: try row.decode(at: 2),
        details: try details?.decode([String: String].self))
    }
  }

  /// Stores what is known of addresses that were not looked up before.
  static func store(
    _ details: [Int64: [String: String]], now: Date, on connection: PostgresConnection
  ) async throws {
    let ids = details.keys.sorted()
    guard !ids.isEmpty else { return }
    let texts = try ids.map { id -> String? in
      guard let known = details[id], !known.isEmpty else { return nil }
      return String(decoding: try JSON(known).bytes, as: UTF8.self)
    }
    try await connection.query(
      """
      UPDATE ip_addresses SET details = coalesce(given.details::jsonb, ip_addresses.details),
        located_at = \(now)
      FROM unnest(\(ids)::bigint[], \(texts)::text[]) AS given (id, details)
      WHERE ip_addresses.id = given.id AND located_at IS NULL
      """)
  }

  /// Returns those of some contacts that have no location. The caller has locked their rows.
  static func lacking(
    _ contacts: [Int64], on connection: PostgresConnection
  ) async throws -> Set<Int64> {
    let rows = try await connection.query(
      """
      SELECT id FROM contacts WHERE id = ANY (\(contacts)) AND city IS NULL AND state IS NULL
        AND country IS NULL AND zipcode IS NULL
      """)
    return Set(try rows.map { try $0.decode(at: 0) })
  }

  /// Notes that the places of sightings were looked at. The caller has locked the contacts' rows.
  static func finish(_ sightings: [Sighting], on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      UPDATE contact_ips SET is_located = true
      FROM unnest(\(sightings.map(\.contact))::bigint[], \(sightings.map(\.address))::bigint[])
        AS given (contact, address)
      WHERE contact_id = contact AND ip_id = given.address AND NOT is_located
      """)
  }
}
