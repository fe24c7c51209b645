package import Foundation
package import Postgres

/// Addresses that contacts were seen at, in the database.
package enum IPAddresses {
  /// What is known of an address; `nil` where nobody was seen at it.
  static func find(_ address: String, on connection: PostgresConnection) async throws -> IPAddress?
  {
    try await connection.query(
      """
      SELECT id, host(address), details FROM ip_addresses WHERE address = \(address)::text::inet
      """
    ).first.map(read)
  }

  /// Records that contacts were seen at addresses. The caller holds the contacts' rows locked.
  ///
  /// - Parameters:
  ///   - sightings: Contacts with the addresses, each of which is valid.
  ///   - now: When.
  ///   - connection: The transaction.
  /// - Returns: The contacts that were not seen at one of the addresses before.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ sightings: [(contact: Int64, address: String)], now: Date, on connection: PostgresConnection
  ) async throws -> Set<Int64> {
    guard !sightings.isEmpty else { return [] }
    let contacts = sightings.map(\.contact)
    let addresses = sightings.map(\.address)
    try await connection.query(
      """
      INSERT INTO ip_addresses (address, date_added)
      SELECT address, \(now)::timestamptz
      FROM (SELECT DISTINCT a::inet AS address FROM unnest(\(addresses)::text[]) AS given (a)) AS seen
      WHERE NOT EXISTS (SELECT FROM ip_addresses i WHERE i.address = seen.address)
      ORDER BY 1
      ON CONFLICT (address) DO NOTHING
      """)
    let rows = try await connection.query(
      """
      INSERT INTO contact_ips (contact_id, ip_id, date_added)
      SELECT DISTINCT n.contact, ip.id, \(now)::timestamptz
      FROM unnest(\(contacts)::bigint[], \(addresses)::text[]) AS n (contact, address)
      JOIN ip_addresses ip ON ip.address = n.address::inet ORDER BY 1, 2
      ON CONFLICT DO NOTHING RETURNING contact_id
      """)
    return Set(try rows.map { try $0.decode(at: 0) })
  }

  private static func read(_ row: PostgresRow) throws -> IPAddress {
    let details: JSON? = try row.decode(at: 2)
    return IPAddress(
      id: try row.decode(at: 0), address: try row.decode(at: 1),
      details: try details?.decode([String: String].self) ?? [:])
  }
}
