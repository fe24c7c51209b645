import Foundation
package import JobQueue
import Postgres

/// Frequency rules in the database, for many contacts with one statement.
package enum FrequencyRules {
  /// Writes a rule of a channel for contacts. The caller holds locks on the contacts' rows.
  ///
  /// Only one channel can be preferred: the others of these contacts lose their preference.
  ///
  /// - Returns: The contacts whose rules changed.
  /// - Throws: `PostgresError`.
  package static func set(
    _ change: FrequencyRuleChange, channel: String, for contacts: [Int64],
    in transaction: Transaction
  ) async throws -> Set<Int64> {
    guard !contacts.isEmpty else { return [] }
    func isGiven<T>(_ value: T??) -> Bool { if case .some = value { true } else { false } }
    let rows = try await transaction.query(
      """
      INSERT INTO frequency_rules AS old (contact_id, channel, frequency_number, frequency_time,
        preferred_channel, pause_from_date, pause_to_date, date_added)
      SELECT id, \(channel), \(change.number ?? nil)::integer, \(change.time ?? nil),
        coalesce(\(change.isPreferred), false), \(change.pauseFrom ?? nil),
        \(change.pauseTo ?? nil), \(transaction.now)
      FROM unnest(\(contacts)::bigint[]) AS id
      ON CONFLICT (contact_id, channel) DO UPDATE SET
        frequency_number = CASE WHEN \(isGiven(change.number)) THEN excluded.frequency_number
          ELSE old.frequency_number END,
        frequency_time = CASE WHEN \(isGiven(change.time)) THEN excluded.frequency_time
          ELSE old.frequency_time END,
        preferred_channel = coalesce(\(change.isPreferred), old.preferred_channel),
        pause_from_date = CASE WHEN \(isGiven(change.pauseFrom)) THEN excluded.pause_from_date
          ELSE old.pause_from_date END,
        pause_to_date = CASE WHEN \(isGiven(change.pauseTo)) THEN excluded.pause_to_date
          ELSE old.pause_to_date END
      WHERE (\(isGiven(change.number))
          AND old.frequency_number IS DISTINCT FROM excluded.frequency_number)
        OR (\(isGiven(change.time))
          AND old.frequency_time IS DISTINCT FROM excluded.frequency_time)
        OR old.preferred_channel <> coalesce(\(change.isPreferred), old.preferred_channel)
        OR (\(isGiven(change.pauseFrom))
          AND old.pause_from_date IS DISTINCT FROM excluded.pause_from_date)
        OR (\(isGiven(change.pauseTo))
          AND old.pause_to_date IS DISTINCT FROM excluded.pause_to_date)
      RETURNING contact_id
      """)
    var changed = Set(try rows.map { try $0.decode("contact_id", as: Int64.self) })
    if change.isPreferred == true {
      let others = try await transaction.query(
        """
        UPDATE frequency_rules SET preferred_channel = false
        WHERE contact_id = ANY (\(contacts)) AND channel <> \(channel) AND preferred_channel
        RETURNING contact_id
        """)
      changed.formUnion(try others.map { try $0.decode("contact_id", as: Int64.self) })
    }
    return changed
  }
}
