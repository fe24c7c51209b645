package import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Deletes many contacts with a few statements (CON-10).
package enum ContactDeletion {
  /// Deletes contacts with all their related records. The audit log keeps their names.
  ///
  /// - Parameters:
  ///   - contacts: Ids; unknown ones are left out.
  ///   - fields: The field definitions, for the names.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Returns: The deleted contacts, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func delete(
    _ contacts: [Int64], fields: FieldSet, by author: Author, in transaction: Transaction
  ) async throws -> [Int64] {
    guard !contacts.isEmpty else { return [] }
    try await transaction.query("SELECT lock_contact_buckets(\(contacts))")
    let found = try await ContactLock.lock(contacts, deleting: true, on: transaction.connection)
    guard !found.isEmpty else { return [] }
    try await transaction.query(
      """
      INSERT INTO audit_log (bundle, object, object_id, action, details, user_id, user_name,
        ip_address, date_added)
      SELECT 'lead', 'lead', c.id, 'delete', jsonb_build_object('name', \(sql: DisplayName.sql(of: "c", fields))),
        \(author.id)::bigint, \(author.name)::text, \(author.address)::text,
        \(transaction.now)::timestamptz
      FROM contacts c WHERE c.id = ANY (\(found)) ORDER BY c.id
      """)
    try await transaction.query("SELECT delete_contacts(\(found))")
    return found
  }
}
