import Fields
import Foundation
import Postgres

/// Finds contacts by address.
enum RecipientStore {
  /// Returns the contacts with one of these addresses, ignoring case (EML-421).
  static func contacts(
    with addresses: [String], on connection: PostgresConnection
  ) async throws -> [Int64] {
    let keys = Set(addresses.map { IdentityKey.of($0) }).subtracting([""]).sorted()
    guard !keys.isEmpty else { return [] }
    // Two queries, each with an index of its own.
    return try await connection.query(
      """
      SELECT id FROM contacts WHERE NOT identity_shared AND email IS NOT NULL
        AND lower(email COLLATE "C") = ANY (\(keys))
      UNION
      SELECT id FROM contacts WHERE identity_shared AND lower(email COLLATE "C") = ANY (\(keys))
      """
    ).map { try $0.decode(at: 0) }
  }
}
