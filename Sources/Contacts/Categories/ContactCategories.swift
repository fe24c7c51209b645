import Foundation
package import JobQueue
package import Postgres

/// The global categories that contacts subscribed to (contacts.md 2 and 9).
///
/// The caller holds the contacts' rows locked, in the order of their ids.
package enum ContactCategories {
  /// Subscribes contacts manually, including contacts that had unsubscribed.
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: ``UnknownCategory`` before anything is written; `PostgresError`.
  @discardableResult
  package static func subscribe(
    _ contacts: [Int64], to categories: [Int64], in transaction: Transaction
  ) async throws -> [Int64] {
    guard !contacts.isEmpty, !categories.isEmpty else { return [] }
    try await CategoryStore.require(categories, on: transaction.connection)
    let rows = try await transaction.query(
      """
      WITH written AS (
        INSERT INTO contact_categories AS s
          (contact_id, category_id, manually_added, manually_removed, date_added)
        SELECT DISTINCT contact, category, true, false, \(transaction.now)::timestamptz
        FROM unnest(\(contacts)::bigint[]) AS contact, unnest(\(categories)::bigint[]) AS category
        ORDER BY contact, category
        ON CONFLICT (contact_id, category_id) DO UPDATE
          SET manually_added = true, manually_removed = false, date_added = excluded.date_added
          WHERE s.manually_removed
        RETURNING contact_id
      )
      SELECT DISTINCT contact_id FROM written ORDER BY contact_id
      """)
    return try await mark(rows, in: transaction)
  }

  /// Unsubscribes contacts manually. Their subscriptions are kept as removed; contacts that were
  /// never subscribed are left alone.
  ///
  /// - Returns: The contacts that changed.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func unsubscribe(
    _ contacts: [Int64], from categories: [Int64], in transaction: Transaction
  ) async throws -> [Int64] {
    guard !contacts.isEmpty, !categories.isEmpty else { return [] }
    let rows = try await transaction.query(
      """
      WITH written AS (
        UPDATE contact_categories SET manually_added = false, manually_removed = true
        WHERE contact_id = ANY (\(contacts)) AND category_id = ANY (\(categories))
          AND NOT manually_removed
        RETURNING contact_id
      )
      SELECT DISTINCT contact_id FROM written ORDER BY contact_id
      """)
    return try await mark(rows, in: transaction)
  }

  /// Returns the categories that contacts are subscribed to, by contact, in the order of their ids.
  ///
  /// - Throws: `PostgresError`.
  package static func subscribed(
    _ contacts: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: [Int64]] {
    let rows = try await connection.query(
      """
      SELECT contact_id, array_agg(category_id ORDER BY category_id) FROM contact_categories
      WHERE contact_id = ANY (\(contacts)) AND NOT manually_removed GROUP BY contact_id
      """)
    var subscribed: [Int64: [Int64]] = [:]
    for row in rows { subscribed[try row.decode(at: 0)] = try row.decode(at: 1) }
    return subscribed
  }

  private static func mark(
    _ rows: PostgresRows, in transaction: Transaction
  ) async throws -> [Int64] {
    let changed = try rows.map { try $0.decode(at: 0, as: Int64.self) }
    try await ContactChanges.mark(changed, [.categories], in: transaction)
    return changed
  }
}
