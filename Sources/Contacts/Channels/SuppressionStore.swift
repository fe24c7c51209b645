package import JobQueue
package import Postgres

/// The addresses that get no e-mail because their owners wished so (EML-414). The wish belongs to the address: it outlives
/// the contact, and a contact that gets the address later, by creation, import, change or merge, is entered by triggers.
package enum SuppressionStore {
  /// Notes the wish of the owner of an address.
  ///
  /// - Throws: `PostgresError`.
  package static func add(_ address: String, in transaction: Transaction) async throws {
    guard !address.isEmpty else { return }
    try await transaction.query(
      """
      INSERT INTO suppressed_addresses (hash, date_added)
      VALUES (address_hash(\(address)), \(transaction.now)) ON CONFLICT DO NOTHING
      """)
  }

  /// Lifts the wish for an address.
  ///
  /// - Throws: `PostgresError`.
  package static func lift(_ address: String, in transaction: Transaction) async throws {
    try await transaction.query(
      "DELETE FROM suppressed_addresses WHERE hash = address_hash(\(address))")
  }

  /// Notes the wish for the addresses of contacts.
  static func add(contacts: [Int64], in transaction: Transaction) async throws {
    guard !contacts.isEmpty else { return }
    try await transaction.query(
      """
      INSERT INTO suppressed_addresses (hash, date_added)
      SELECT DISTINCT address_hash(email), \(transaction.now) FROM contacts
      WHERE id = ANY (\(contacts)) AND email <> '' ORDER BY 1
      ON CONFLICT DO NOTHING
      """)
  }

  /// Lifts the wish for the addresses of contacts, as somebody has removed their entries on purpose.
  ///
  /// - Throws: `PostgresError`.
  package static func lift(
    contacts: [Int64], on connection: PostgresConnection
  ) async throws {
    guard !contacts.isEmpty else { return }
    try await connection.query(
      """
      DELETE FROM suppressed_addresses WHERE hash IN (
        SELECT address_hash(email) FROM contacts WHERE id = ANY (\(contacts)) AND email <> '')
      """)
  }
}
