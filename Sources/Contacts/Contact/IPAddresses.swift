package import Foundation
package import Postgres

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Addresses that contacts were seen at, in the database.
package enum IPAddresses {
  /// Whether a text is an address of IPv4 or IPv6.
  package static func isAddress(_ text: String) -> Bool {
    guard text.utf8.count <= 45 else { return false }
    var storage = in6_addr()
    return inet_pton(AF_INET, text, &storage) == 1 || inet_pton(AF_INET6, text, &storage) == 1
  }

  /// What is known of an address; `nil` where nobody was seen at it.
  static func find(_ address: String, on connection: PostgresConnection) async throws -> IPAddress?
  {
    try await connection.query(
      """
      SELECT id, host(address), details FROM ip_addresses WHERE address = \(address)::text::inet
      """
    ).first.map(read)
  }

  /// Says that contacts were seen at an address. The caller holds the contacts' rows locked.
  ///
  /// - Returns: The contacts that were not seen at it before.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ address: String, to contacts: [Int64], now: Date, on connection: PostgresConnection
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    if try await find(address, on: connection) == nil {
      try await connection.query(
        """
        INSERT INTO ip_addresses (address, date_added) VALUES (\(address)::text::inet, \(now))
        ON CONFLICT (address) DO NOTHING
        """)
    }
    return try await connection.query(
      """
      INSERT INTO contact_ips (contact_id, ip_id, date_added)
      SELECT contact, ip.id, \(now)::timestamptz
      FROM unnest(\(contacts)::bigint[]) AS contact, ip_addresses ip
      WHERE ip.address = \(address)::text::inet
      ON CONFLICT DO NOTHING RETURNING contact_id
      """
    ).map { try $0.decode(at: 0) }
  }

  private static func read(_ row: PostgresRow) throws -> IPAddress {
    let details: JSON? = try row.decode(at: 2)
    return IPAddress(
      id: try row.decode(at: 0), address: try row.decode(at: 1),
      details: try details?.decode([String: String].self) ?? [:])
  }
}
