package import Foundation
package import Postgres

/// Finds contacts about which nothing has happened since they were made.
package enum UntouchedContactStore {
  /// Locks contacts that may be deleted, after the buckets that hold them, as every deletion does.
  ///
  /// - Returns: Those that exist, in order.
  /// - Throws: `PostgresError`.
  package static func lock(
    _ contacts: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64] {
    try await connection.query("SELECT lock_contact_buckets(\(contacts))")
    return try await ContactLock.lock(contacts, deleting: true, on: connection)
  }

  /// Returns which of these contacts nobody has changed, and who have done nothing, since an import made them
  /// (IMP-75).
  ///
  /// Whatever the import itself writes bears the instant of its start. So a contact counts as touched by any of: a
  /// change by a user or a program (the audit log), another instant of modification, a later activity, points, a
  /// stage, a do-not-contact entry or a note from another time, another record merged into it, and a row of another
  /// import. Segments and campaigns that took it up are what the import caused, and do not count.
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts whose rows are locked.
  ///   - made: The instant that the import wrote.
  ///   - importID: The import.
  ///   - mapsModified: Whether its file gave the instants of modification.
  ///   - others: Further conditions on `contacts AS c` under which a contact counts as touched.
  /// - Returns: The untouched ones, in order.
  /// - Throws: `PostgresError`.
  package static func filter(
    _ contacts: [Int64], made: Date, by importID: Int64, mapsModified: Bool, others: [SQL],
    on connection: PostgresConnection
  ) async throws -> [Int64] {
    let further: [SQL] = others.map { " AND NOT (\(sql: $0))" }
    return try await connection.query(
      """
      SELECT c.id FROM contacts c WHERE c.id = ANY (\(contacts))
        AND (\(mapsModified)::boolean OR c.date_modified IS NULL OR c.date_modified = \(made))
        AND (c.last_active IS NULL OR c.last_active <= \(made))
        AND NOT EXISTS (SELECT FROM audit_log a WHERE a.object_id = c.id AND a.object = 'lead')
        AND NOT EXISTS (
          SELECT FROM points_log p WHERE p.contact_id = c.id AND p.date_added <> \(made))
        AND NOT EXISTS (
          SELECT FROM stage_log s WHERE s.contact_id = c.id AND s.date_added <> \(made))
        AND NOT EXISTS (
          SELECT FROM do_not_contact_log d WHERE d.contact_id = c.id AND d.date_added <> \(made))
        AND NOT EXISTS (SELECT FROM notes n WHERE n.contact_id = c.id)
        AND NOT EXISTS (SELECT FROM contact_merges m WHERE m.contact_id = c.id)
        AND NOT EXISTS (
          SELECT FROM import_rows r WHERE r.contact_id = c.id AND r.import_id <> \(importID))\
      \(sql: further.joined(separator: ""))
      ORDER BY c.id
      """
    ).map { try $0.decode(at: 0) }
  }
}
