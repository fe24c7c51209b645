import Foundation
import Postgres

/// What other modules' tables tell of a visitor.
enum VisitStore {
  /// A sent e-mail.
  struct Send {
    var contact: Int64?
    var email: Int64?
    var source: String
    var sourceID: Int64?
  }

  /// Returns the sent e-mail with a hash.
  static func send(_ hash: UUID, on pool: PostgresPool) async throws -> Send? {
    try await pool.query(
      "SELECT contact_id, email_id, source_kind, source_id FROM email_sends WHERE hash = \(hash)"
    ).first.map { row in
      Send(
        contact: try row.decode("contact_id"), email: try row.decode("email_id"),
        source: try row.decode("source_kind"), sourceID: try row.decode("source_id"))
    }
  }

  /// Returns the e-mail address of a contact, through merges.
  static func address(of contact: Int64, on pool: PostgresPool) async throws -> String? {
    try await pool.query(
      """
      SELECT email FROM contacts WHERE id = coalesce(
        (SELECT contact_id FROM contact_merges WHERE old_id = \(contact)), \(contact))
      """
    ).first.flatMap { try $0.decode(at: 0, as: String?.self) }
  }

  /// Returns the contact that an old id leads to, if no device of it is tracked.
  static func untracked(_ contact: Int64, on connection: PostgresConnection) async throws -> Int64?
  {
    try await connection.query(
      """
      SELECT c.id FROM contacts c WHERE c.id = coalesce(
          (SELECT contact_id FROM contact_merges WHERE old_id = \(contact)), \(contact))
        AND NOT EXISTS (
          SELECT FROM devices d WHERE d.contact_id = c.id AND d.tracking_id IS NOT NULL)
      """
    ).first?.decode(at: 0)
  }

  /// Returns the contact that was active last of those seen at an address.
  static func lastSeen(
    at address: String, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await connection.query(
      """
      SELECT c.id FROM ip_addresses i JOIN contact_ips s ON s.ip_id = i.id
        JOIN contacts c ON c.id = s.contact_id
      WHERE i.address = \(address)::text::inet
      ORDER BY coalesce(c.last_active, c.date_added) DESC, c.id DESC LIMIT 1
      """
    ).first?.decode(at: 0)
  }

  /// Returns the primary company of a contact.
  static func company(of contact: Int64, on connection: PostgresConnection) async throws -> Int64? {
    try await connection.query(
      "SELECT company_id FROM contact_companies WHERE contact_id = \(contact) AND is_primary"
    ).first?.decode(at: 0)
  }
}
