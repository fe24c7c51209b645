import Foundation
import JobQueue
import Postgres
import Users

/// Writes owners of contacts.
enum ContactOwnerStore {
  static func lockUser(_ user: Int64, on connection: PostgresConnection) async throws -> Bool {
    try await !connection.query("SELECT FROM users WHERE id = \(user) FOR KEY SHARE").isEmpty
  }

  /// Writes the owner of contacts that have a different one, with an audit entry for each.
  static func write(
    _ owner: Int64?, of contacts: [Int64], author: Author, in transaction: Transaction
  ) async throws -> [Int64] {
    try await transaction.query(
      """
      WITH before AS MATERIALIZED (
        SELECT id, owner_id FROM contacts
        WHERE id = ANY (\(contacts)) AND owner_id IS DISTINCT FROM \(owner)
      ), written AS (
        UPDATE contacts c SET owner_id = \(owner), date_modified = \(transaction.now),
          modified_by = \(author.id), modified_by_user = \(author.name)
        FROM before WHERE c.id = before.id
      ), audited AS (
        INSERT INTO audit_log
          (bundle, object, object_id, action, details, user_id, user_name, ip_address,
            date_added)
        SELECT 'lead', 'lead', id, 'update',
          jsonb_build_object('owner', jsonb_build_array(owner_id, \(owner)::bigint)),
          \(author.id)::bigint, \(author.name)::text, \(author.address)::text,
          \(transaction.now)::timestamptz
        FROM before ORDER BY id
      )
      SELECT id FROM before ORDER BY id
      """
    ).map { try $0.decode(at: 0) }
  }
}
