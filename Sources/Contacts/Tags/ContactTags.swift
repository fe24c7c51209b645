import Fields
import Foundation
package import JobQueue
import Postgres

/// Writes the tags of contacts; only imports write them elsewhere (contacts.md 5).
///
/// The caller has locked the contacts' rows in the order of their ids, or has just inserted them.
package enum ContactTags {
  /// The change of one contact.
  package struct Change: Sendable, Equatable {
    /// The tags added.
    package var added: [String] = []
    /// The tags removed.
    package var removed: [String] = []
    /// Why nothing was changed: the contact would have too many (CON-46).
    package var refusal: String?

    /// Creates a change; without arguments it is empty.
    package init(added: [String] = [], removed: [String] = []) {
      self.added = added
      self.removed = removed
    }
  }

  /// Adds tags to contacts and removes others; a tag in both lists ends up removed (CON-92).
  /// Missing tags are created when added (CON-41), but not when removed (CON-42). Marks the changed
  /// contacts for segments. A contact that would have more tags than allowed is left as it is (CON-46).
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts.
  ///   - added: Clean names (``TagName/clean(_:)``).
  ///   - removed: Clean names.
  ///   - transaction: The transaction.
  /// - Returns: The contacts that changed, with their changes, and those that were refused, with the reason.
  /// - Throws: `PostgresError`.
  package static func change(
    _ contacts: [Int64], adding added: [String], removing removed: [String],
    in transaction: Transaction
  ) async throws -> [Int64: Change] {
    let changes = try await write(contacts, adding: added, removing: removed, in: transaction)
    let changed = changes.filter { $0.value.refusal == nil }
    try await ContactChanges.mark(changed.keys.sorted(), [.tags], in: transaction)
    return changes
  }

  /// Changes tags without marking the contacts.
  static func write(
    _ contacts: [Int64], adding added: [String], removing removed: [String],
    in transaction: Transaction
  ) async throws -> [Int64: Change] {
    guard !contacts.isEmpty, !(added.isEmpty && removed.isEmpty) else { return [:] }
    let gone = Set(removed.map(IdentityKey.of))
    let wanted = added.filter { !gone.contains(IdentityKey.of($0)) }
    let ids = try await ensure(wanted, finding: removed, in: transaction)
    var changes: [Int64: Change] = [:]
    let toAdd = numbers(wanted, in: ids)
    let toRemove = numbers(removed, in: ids)
    var contacts = contacts
    if !toAdd.isEmpty {
      let full = try await ContactBoundStore.exceedingTags(
        contacts, adding: toAdd, removing: toRemove, on: transaction.connection)
      for (contact, count) in full {
        changes[contact, default: Change()].refusal = ContactBoundStore.tooManyTags(count)
      }
      if !full.isEmpty { contacts.removeAll { full[$0] != nil } }
    }
    if !toAdd.isEmpty {
      let rows = try await transaction.query(
        """
        WITH written AS (
          INSERT INTO contact_tags (contact_id, tag_id)
          SELECT contact, tag FROM unnest(\(contacts)::bigint[]) AS contact
          CROSS JOIN (
            -- Deletions of these tags wait.
            SELECT id AS tag FROM tags WHERE id = ANY (\(toAdd)) ORDER BY id FOR KEY SHARE
          ) AS kept ORDER BY contact, tag
          ON CONFLICT DO NOTHING RETURNING contact_id, tag_id
        )
        SELECT w.contact_id, t.tag FROM written w JOIN tags t ON t.id = w.tag_id ORDER BY t.tag
        """)
      for row in rows {
        changes[try row.decode(at: 0), default: Change()].added.append(try row.decode(at: 1))
      }
    }
    if !toRemove.isEmpty {
      let rows = try await transaction.query(
        """
        WITH gone AS (
          DELETE FROM contact_tags
          WHERE contact_id = ANY (\(contacts)) AND tag_id = ANY (\(toRemove))
          RETURNING contact_id, tag_id
        )
        SELECT g.contact_id, t.tag FROM gone g JOIN tags t ON t.id = g.tag_id ORDER BY t.tag
        """)
      for row in rows {
        changes[try row.decode(at: 0), default: Change()].removed.append(try row.decode(at: 1))
      }
    }
    return changes
  }

  private static func numbers(_ names: [String], in ids: [String: Int64]) -> [Int64] {
    Set(names.compactMap { ids[IdentityKey.of($0)] }).sorted()
  }

  /// Returns the ids of tags by key; missing tags among `names` are created.
  private static func ensure(
    _ names: [String], finding others: [String], in transaction: Transaction
  ) async throws -> [String: Int64] {
    let known = try await TagStore.find(names + others, on: transaction.connection)
    var missing: [String: String] = [:]
    // Of two spellings the first one is used (CON-45).
    for name in names
    where known[IdentityKey.of(name)] == nil && missing[IdentityKey.of(name)] == nil {
      missing[IdentityKey.of(name)] = name
    }
    guard !missing.isEmpty else { return known }
    let created = try await TagStore.insert(missing.values.sorted(), in: transaction)
    return known.merging(created) { _, new in new }
  }
}
