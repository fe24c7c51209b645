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
    try stored(await connection.query(locking(contacts, reading: fields)), fields)
  }

  /// Returns the statement that locks contacts in the order of their ids and reads values of fields; ``stored(_:_:)``
  /// reads its rows.
  ///
  /// - Parameter waits: Whether it waits for contacts that other transactions have locked; otherwise they are left out.
  static func locking(
    _ contacts: [Int64], reading fields: [Field], waits: Bool = true
  ) -> SQL {
    let columns = fields.map { ", \(identifier: $0.column)" as SQL }.joined(separator: "")
    let others: SQL = waits ? "" : " SKIP LOCKED"
    return """
      SELECT id, date_identified IS NOT NULL\(sql: columns) FROM contacts
      WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE\(sql: others)
      """
  }

  /// Reads the rows of ``locking(_:reading:waits:)``.
  static func stored(_ rows: PostgresRows, _ fields: [Field]) throws -> [Stored] {
    try rows.map { row in
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
    try await transaction.query(
      statement(
        update, identified: identified, sharesIdentity: sharesIdentity, author: author,
        now: transaction.now))
  }

  /// Returns the statement that writes values of contacts whose rows are locked.
  ///
  /// - Parameters:
  ///   - update: The contacts and their values.
  ///   - identified: Whether each contact becomes known by them.
  ///   - active: The instant at which each was active, nil for one that was not; then the last activity is none of the
  ///     values.
  ///   - sharesIdentity: Whether other contacts may have the same unique identifiers.
  ///   - author: The author.
  ///   - now: The instant of the change.
  static func statement(
    _ update: ColumnUpdate, identified: [Bool], active: [Date?]? = nil,
    sharesIdentity: Bool = false, author: Author, now: Date
  ) -> SQL {
    let shared: SQL = sharesIdentity ? "identity_shared = true, " : ""
    let activity: SQL =
      active == nil ? "" : "last_active = greatest(c.last_active, new.active_at), "
    let more = active.map { [(name: "active_at", array: "\($0)::timestamptz[]" as SQL)] } ?? []
    return """
      UPDATE contacts c SET \(sql: update.assignments(to: "c")) \(sql: shared)\(sql: activity)
        date_identified = CASE WHEN new.identified THEN coalesce(c.date_identified, \(now)::timestamptz)
          ELSE c.date_identified END,
        date_modified = \(now)::timestamptz, modified_by = \(author.id)::bigint,
        modified_by_user = \(author.name)::text
      FROM \(sql: update.rows([("identified", "\(identified)::boolean[]")] + more))
      WHERE c.id = new.id
      """
  }
}
