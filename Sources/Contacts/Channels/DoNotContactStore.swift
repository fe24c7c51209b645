import Foundation
package import JobQueue
import Postgres

/// "Do not contact" entries in the database. Each function changes many contacts with one
/// statement; every change is recorded in the history (CON-56) and marked for segments.
package enum DoNotContactStore {
  /// The effect of adding an entry.
  package enum Outcome: Sendable, Equatable {
    /// The entry was added, or its reason changed.
    case changed
    /// The entry existed, or the contact had unsubscribed (CON-51).
    case unchanged
  }

  /// Adds entries (CON-51). An entry "unsubscribed by the contact" is replaced only by force.
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts.
  ///   - channel: The channel.
  ///   - reason: The reason for the log.
  ///   - comments: The comment.
  ///   - channelID: The message that caused it.
  ///   - force: Whether an entry "unsubscribed" may be replaced.
  ///   - transaction: The transaction. The contacts stay locked until it ends.
  /// - Returns: The outcome by contact; contacts that do not exist are left out (CON-53).
  /// - Throws: `PostgresError`.
  package static func add(
    _ contacts: [Int64], channel: String, reason: DoNotContactReason, comments: String? = nil,
    channelID: Int64? = nil, force: Bool = false, in transaction: Transaction
  ) async throws -> [Int64: Outcome] {
    guard !contacts.isEmpty else { return [:] }
    let rows = try await transaction.query(
      """
      WITH holders AS MATERIALIZED (
        SELECT id FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      ), written AS (
        INSERT INTO do_not_contact AS old
          (contact_id, channel, reason, channel_id, comments, date_added)
        SELECT id, \(channel), \(reason.rawValue), \(channelID), \(comments), \(transaction.now) FROM holders
        ON CONFLICT (contact_id, channel) DO UPDATE SET reason = excluded.reason,
          channel_id = excluded.channel_id, comments = excluded.comments,
          date_added = excluded.date_added
          WHERE old.reason <> excluded.reason AND (old.reason <> \(literal: DoNotContactReason.unsubscribed) OR \(force))
        RETURNING contact_id
      ), logged AS (
        INSERT INTO do_not_contact_log
          (contact_id, channel, reason, channel_id, comments, date_added)
        SELECT contact_id, \(channel), \(reason.rawValue), \(channelID), \(comments), \(transaction.now)
        FROM written
      )
      SELECT holders.id, written.contact_id IS NOT NULL AS changed
      FROM holders LEFT JOIN written ON written.contact_id = holders.id
      """)
    var outcomes: [Int64: Outcome] = [:]
    for row in rows {
      outcomes[try row.decode("id")] = try row.decode("changed") ? .changed : .unchanged
    }
    let changed = outcomes.filter { $0.value == .changed }.map(\.key).sorted()
    try await ContactChanges.mark(changed, [.doNotContact], in: transaction)
    if channel == "email", reason == .unsubscribed {
      try await SuppressionStore.add(contacts: changed, in: transaction)
    }
    return outcomes
  }

  /// The reason that the history stores for a removal (CON-56).
  private static let removed: Int16 = 0

  /// Removes entries, all or those with one reason (CON-52).
  ///
  /// - Parameters:
  ///   - contacts: Ids of contacts.
  ///   - channel: The channel.
  ///   - reason: The reason of the entries to remove; nil for all.
  ///   - comments: The comment for the history.
  ///   - transaction: The transaction. The contacts stay locked until it ends.
  /// - Returns: The contacts that had such an entry.
  package static func remove(
    _ contacts: [Int64], channel: String, onlyFor reason: DoNotContactReason? = nil,
    comments: String? = nil, in transaction: Transaction
  ) async throws -> Set<Int64> {
    guard !contacts.isEmpty else { return [] }
    let only = reason?.rawValue
    let rows = try await transaction.query(
      """
      WITH holders AS MATERIALIZED (
        SELECT id FROM contacts WHERE id = ANY (\(contacts)) ORDER BY id FOR NO KEY UPDATE
      ), removed AS (
        DELETE FROM do_not_contact WHERE contact_id IN (SELECT id FROM holders)
          AND channel = \(channel) AND (\(only) IS NULL OR reason = \(only))
        RETURNING contact_id
      )
      INSERT INTO do_not_contact_log (contact_id, channel, reason, comments, date_added)
      SELECT contact_id, \(channel), \(removed), \(comments), \(transaction.now) FROM removed ORDER BY contact_id
      RETURNING contact_id
      """)
    let changed = try rows.map { try $0.decode("contact_id", as: Int64.self) }
    try await ContactChanges.mark(changed, [.doNotContact], in: transaction)
    if channel == "email", reason == nil || reason == .unsubscribed {
      try await SuppressionStore.lift(contacts: changed, on: transaction.connection)
    }
    return Set(changed)
  }
}
