import Fields
import Foundation
import JobQueue
import Postgres
import Users

/// Reads and writes field columns of contacts, in sets.
enum ContactFieldStore {
  /// The current values of fields of a contact.
  struct Stored {
    var id: Int64
    var isIdentified: Bool
    /// The values by alias.
    var values: [String: FieldValue]
  }

  /// Locks contacts in the order of their ids and reads values of fields.
  ///
  /// - Throws: `PostgresError`.
  static func lock(
    _ contacts: [Int64], reading fields: [Field], on connection: PostgresConnection
  ) async throws -> [Stored] {
    let columns = fields.map { ", \(identifier: $0.column)" as SQL }.joined(separator: "")
    let rows = try await connection.query(
      """
      SELECT id, date_identified IS NOT NULL\(sql: columns) FROM contacts
      WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      """)
    return try rows.map { row in
      var stored = Stored(
        id: try row.decode(at: 0), isIdentified: try row.decode(at: 1), values: [:])
      for (index, field) in fields.enumerated() {
        stored.values[field.alias] = try FieldValue.read(field, row, at: 2 + index)
      }
      return stored
    }
  }

  /// Writes values of contacts whose rows are locked.
  ///
  /// - Parameters:
  ///   - update: The contacts and their values.
  ///   - identified: Whether each contact becomes known by them.
  ///   - sharesIdentity: Whether other contacts may have the same unique identifiers.
  /// - Throws: `PostgresError`.
  static func write(
    _ update: ColumnUpdate, identified: [Bool], sharesIdentity: Bool, author: Author,
    in transaction: Transaction
  ) async throws {
    let shared: SQL = sharesIdentity ? "identity_shared = true, " : ""
    try await transaction.query(
      """
      UPDATE contacts c SET \(sql: update.assignments(to: "c")) \(sql: shared)
        date_identified = CASE WHEN new.identified THEN coalesce(c.date_identified, \(transaction.now)::timestamptz)
          ELSE c.date_identified END,
        date_modified = \(transaction.now)::timestamptz, modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      FROM \(sql: update.rows([("identified", "\(identified)::boolean[]")]))
      WHERE c.id = new.id
      """)
  }
}
