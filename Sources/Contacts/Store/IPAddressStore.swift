package import Foundation
package import JobQueue
package import Postgres

/// The IP addresses at which contacts were seen, in the database.
package enum IPAddresses {
  /// Returns the known details of an address; `nil` if no contact was seen at it.
  static func find(_ address: String, on connection: PostgresConnection) async throws -> IPAddress?
  {
    try await connection.query(
      """
      SELECT id, host(address), details FROM ip_addresses WHERE address = \(address)::text::inet
      """
    ).first.map(read)
  }

  /// Returns the query for what is known of addresses, all of them valid; ``known(_:)`` reads its rows.
  static func details(of addresses: [String]) -> SQL {
    """
    SELECT i.id, a, i.details FROM unnest(\(addresses)::text[]) AS given (a)
    JOIN ip_addresses i ON i.address = a::inet
    """
  }

  /// Reads the rows of ``details(of:)``, by address as given.
  static func known(_ rows: PostgresRows) throws -> [String: IPAddress] {
    Dictionary(
      try rows.map(read).map { ($0.address, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the statements that record that contacts were seen at addresses, unknown ones included; empty for none. The
  /// contacts' rows are locked, or new.
  ///
  /// - Parameters:
  ///   - sightings: Contacts with addresses, all of them valid.
  ///   - now: The instant of new records.
  package static func linking(
    _ sightings: [(contact: Int64, address: String)], now: Date
  ) -> [SQL] {
    guard !sightings.isEmpty else { return [] }
    // In a fixed order, to avoid deadlocks.
    let addresses = Set(sightings.map(\.address)).sorted()
    return [
      """
      INSERT INTO ip_addresses (address, date_added)
      SELECT DISTINCT a::inet, \(now)::timestamptz FROM unnest(\(addresses)::text[]) AS given (a)
      WHERE NOT EXISTS (SELECT FROM ip_addresses i WHERE i.address = a::inet)
      ORDER BY 1 ON CONFLICT (address) DO NOTHING
      """,
      """
      INSERT INTO contact_ips (contact_id, ip_id, date_added)
      SELECT DISTINCT n.contact, i.id, \(now)::timestamptz
      FROM unnest(\(sightings.map(\.contact))::bigint[], \(sightings.map(\.address))::text[])
        AS n (contact, address)
      JOIN ip_addresses i ON i.address = n.address::inet
      ORDER BY 1, 2 ON CONFLICT DO NOTHING
      """,
    ]
  }

  /// Records that contacts were seen at addresses. The caller has locked the contacts' rows.
  ///
  /// - Parameters:
  ///   - sightings: Contacts with addresses, all of them valid.
  ///   - transaction: The transaction.
  /// - Returns: The contacts for which one of the addresses is new.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ sightings: [(contact: Int64, address: String)], in transaction: Transaction
  ) async throws -> Set<Int64> {
    let ids = try await ensure(sightings.map(\.address), in: transaction)
    let pairs = sightings.compactMap { contact, address in ids[address].map { (contact, $0) } }
    return try await link(pairs.map(\.0), to: pairs.map(\.1), in: transaction)
  }

  /// Returns the ids of addresses; unknown ones are created.
  ///
  /// - Throws: `PostgresError`, also for an invalid address.
  package static func ensure(
    _ addresses: [String], in transaction: Transaction
  ) async throws -> [String: Int64] {
    guard !addresses.isEmpty else { return [:] }
    let known = try await ids(of: addresses, on: transaction.connection)
    let missing = Set(addresses.filter { known[$0] == nil }).sorted()
    guard !missing.isEmpty else { return known }
    // In a fixed order, to avoid deadlocks.
    try await transaction.query(
      """
      INSERT INTO ip_addresses (address, date_added)
      SELECT DISTINCT a::inet, \(transaction.now)::timestamptz FROM unnest(\(missing)::text[]) AS given (a) ORDER BY 1
      ON CONFLICT (address) DO NOTHING
      """)
    return try await known.merging(ids(of: missing, on: transaction.connection)) { _, new in new }
  }

  private static func ids(
    of addresses: [String], on connection: PostgresConnection
  ) async throws -> [String: Int64] {
    let rows = try await connection.query(
      """
      SELECT a, i.id FROM unnest(\(addresses)::text[]) AS given (a)
      JOIN ip_addresses i ON i.address = a::inet
      """)
    var ids: [String: Int64] = [:]
    for row in rows { ids[try row.decode(at: 0)] = try row.decode(at: 1, as: Int64.self) }
    return ids
  }

  /// Records that contacts were seen at addresses, given by id, one for each contact of the list.
  /// The caller has locked the contacts' rows.
  ///
  /// - Returns: The contacts for which one of the addresses is new.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func link(
    _ contacts: [Int64], to addresses: [Int64], in transaction: Transaction
  ) async throws -> Set<Int64> {
    guard !contacts.isEmpty else { return [] }
    let rows = try await transaction.query(
      """
      INSERT INTO contact_ips (contact_id, ip_id, date_added)
      SELECT DISTINCT contact, ip, \(transaction.now)::timestamptz
      FROM unnest(\(contacts)::bigint[], \(addresses)::bigint[]) AS n (contact, ip) ORDER BY 1, 2
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
