import Contacts
import Foundation
import Postgres

extension RebuildStore {
  /// Waits for the lock on a range of contacts and holds it until the transaction ends.
  static func lockRange(
    _ range: ClosedRange<Int64>, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      "SELECT lock_contact_range(\(range.lowerBound), \(range.upperBound))")
  }

  /// Marks the contacts of a range for which two conditions on `contacts AS c` differ.
  ///
  /// - Returns: Whether there are any.
  static func markDiffering(
    _ condition: SQL, _ stored: SQL, in range: ClosedRange<Int64>, at instant: Date,
    on connection: PostgresConnection
  ) async throws -> Bool {
    try await !connection.query(
      """
      INSERT INTO contact_changes (contact_ids, topics, at)
      SELECT array_agg(id ORDER BY id), ARRAY[\(ChangeTopic.created.rawValue)::text],
        \(instant)::timestamptz
      FROM (
        SELECT c.id, (row_number() OVER (ORDER BY c.id) - 1) / \(ContactChanges.contactsPerRow)
          AS part
        FROM contacts AS c
        WHERE c.id BETWEEN \(range.lowerBound) AND \(range.upperBound)
          AND (\(sql: condition)) <> (\(sql: stored))
      ) AS parts
      GROUP BY part ORDER BY part
      RETURNING id
      """
    ).isEmpty
  }
}
