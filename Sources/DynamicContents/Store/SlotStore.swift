import Contacts
import Foundation
package import JobQueue
import Mail
import Postgres

/// A content as it is shown: itself, or the variant that stands for it.
struct ShownContent: Sendable, Equatable {
  var id: Int64
  var values: DynamicContentValues
}

/// Reads and writes what contacts see in slots.
package enum SlotStore {
  /// The most contents that one slot is chosen from; those added first come first.
  static let most = 100

  /// Puts a content into the slots of contacts, in the place of what was pushed before.
  ///
  /// - Parameters:
  ///   - contacts: The contacts, whose rows the caller has locked.
  ///   - slot: The name of the slot.
  /// - Returns: Whether there is such a content.
  package static func push(
    _ content: Int64, to contacts: [Int64], slot: String, in transaction: Transaction
  ) async throws -> Bool {
    let rows = try await transaction.query(
      "SELECT FROM dynamic_contents WHERE id = \(content) FOR KEY SHARE")
    guard !rows.isEmpty else { return false }
    try await transaction.query(
      """
      INSERT INTO dynamic_content_pushes AS old (contact_id, slot_name, content_id, date_added)
      SELECT id, \(slot), \(content), \(transaction.now) FROM unnest(\(contacts)) AS id ORDER BY id
      ON CONFLICT (contact_id, slot_name) DO UPDATE SET content_id = excluded.content_id,
        date_added = excluded.date_added
      """)
    return true
  }

  /// Returns the content that campaigns have put into a contact's slot, if it is shown now.
  static func pushed(
    to contact: Int64, slot: String, in transaction: Transaction
  ) async throws -> ShownContent? {
    try await transaction.query(
      """
      SELECT dynamic_contents.id, \(sql: DynamicContentValues.columns)
      FROM dynamic_contents WHERE dynamic_contents.id = (
          SELECT p.content_id FROM dynamic_content_pushes p
          WHERE p.contact_id = \(contact) AND p.slot_name = \(slot))
        AND \(sql: PublishWindow.isOpen("dynamic_contents", transaction.now))
      """
    ).first.map { ShownContent(id: try $0.decode("id"), values: try DynamicContentValues($0)) }
  }

  /// Returns the contents of a slot that campaigns do not push, in the order in which they are asked: those with
  /// filters first.
  static func candidates(
    for slot: String, at now: Date, on pool: PostgresPool
  ) async throws -> [ShownContent] {
    try await pool.query(
      """
      SELECT dynamic_contents.id, \(sql: DynamicContentValues.columns) FROM dynamic_contents
      WHERE slot_name = \(slot) AND NOT is_campaign_based AND variant_parent_id IS NULL
        AND \(sql: PublishWindow.isOpen("dynamic_contents", now))
      ORDER BY jsonb_typeof(filters) <> 'array' OR filters = '[]'::jsonb, id LIMIT \(most)
      """
    ).map { ShownContent(id: try $0.decode("id"), values: try DynamicContentValues($0)) }
  }

  /// Returns the variants of a content that are shown now, in order.
  static func variants(
    of content: Int64, at now: Date, on pool: PostgresPool
  ) async throws -> [ShownContent] {
    try await pool.query(
      """
      SELECT dynamic_contents.id, \(sql: DynamicContentValues.columns) FROM dynamic_contents
      WHERE variant_parent_id = \(content) AND variant_weight > 0
        AND \(sql: PublishWindow.isOpen("dynamic_contents", now))
      ORDER BY id LIMIT \(most)
      """
    ).map { ShownContent(id: try $0.decode("id"), values: try DynamicContentValues($0)) }
  }

  /// Counts that a content was shown to a contact, whose row the caller has locked.
  static func count(
    _ content: Int64, shownTo contact: Int64, in slot: String, transaction: Transaction
  ) async throws {
    // A content that was deleted meanwhile is not counted.
    try await transaction.query(
      """
      WITH shown AS MATERIALIZED (
        SELECT id FROM dynamic_contents WHERE id = \(content) FOR KEY SHARE
      ), counted AS (
        INSERT INTO dynamic_content_counts AS old (content_id, slot, sent)
        SELECT id, pg_backend_pid() % 16, 1 FROM shown
        ON CONFLICT (content_id, slot) DO UPDATE SET sent = old.sent + 1
      )
      INSERT INTO dynamic_content_stats AS old (contact_id, content_id, slot_name, date_added, last_sent,
        sent_count)
      SELECT \(contact), id, \(slot), \(transaction.now), \(transaction.now), 1 FROM shown
      ON CONFLICT (contact_id, content_id) DO UPDATE SET slot_name = excluded.slot_name,
        last_sent = greatest(old.last_sent, excluded.last_sent),
        sent_count = least(old.sent_count, 2000000000) + 1
      """)
  }
}
