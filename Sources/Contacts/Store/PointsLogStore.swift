import Foundation
import JobQueue
import Postgres

/// Writes entries of the points log for values that were set, not computed by ``ContactPoints``
/// (PTS-01).
enum PointsLog {
  /// Writes an entry for each contact.
  ///
  /// - Throws: `PostgresError`.
  static func write(
    _ deltas: [(contact: Int64, delta: Int)], reason: PointsReason, in transaction: Transaction
  ) async throws {
    guard !deltas.isEmpty else { return }
    try await transaction.query(statement(deltas, reason: reason, now: transaction.now))
  }

  /// Returns the statement that writes the entries, to be sent together with others.
  static func statement(
    _ deltas: [(contact: Int64, delta: Int)], reason: PointsReason, now: Date
  ) -> SQL {
    """
    INSERT INTO points_log (contact_id, type, event_name, action_name, delta, ip_id, date_added)
    SELECT contact, \(reason.type), \(reason.eventName), \(reason.actionName),
      greatest(-2147483648, least(2147483647, delta))::integer, \(reason.ipID)::bigint, \(now)::timestamptz
    FROM unnest(\(deltas.map(\.contact))::bigint[], \(deltas.map { Int64($0.delta) })::bigint[])
      AS new (contact, delta)
    """
  }
}
