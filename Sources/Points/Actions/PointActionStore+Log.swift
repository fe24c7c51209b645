import Foundation
import JobQueue
import Postgres

extension PointActionStore {
  /// Returns the published actions of some types, by id.
  static func published(
    _ types: Set<PointActionType>, on connection: PostgresConnection
  ) async throws -> [PointAction] {
    let words = types.map(\.rawValue).sorted()
    let rows = try await connection.query(
      """
      SELECT \(sql: columns) FROM point_actions
      WHERE type = ANY (\(words)) AND is_published ORDER BY id
      """)
    return try await actions(rows, on: connection)
  }

  /// Logs engagements that actions count, each once.
  ///
  /// - Returns: The action, the contact and the IP address of each engagement that was not logged before.
  static func log(
    _ hits: [(contact: Int64, action: Int64, engagement: String, ip: Int64?)],
    in transaction: Transaction
  ) async throws -> PostgresRows {
    try await transaction.query(
      """
      INSERT INTO point_action_log (contact_id, action_id, act, ip_id, date_fired)
      SELECT contact, action, act, ip, \(transaction.now)::timestamptz
      FROM unnest(\(hits.map(\.contact))::bigint[], \(hits.map(\.action))::bigint[],
        \(hits.map(\.engagement))::text[], \(hits.map(\.ip))::bigint[])
        AS hit (contact, action, act, ip)
      ORDER BY contact, action, act
      ON CONFLICT DO NOTHING RETURNING action_id, contact_id, ip_id
      """)
  }

  /// Deletes some of the engagements logged before an instant; what counts once for a contact is kept
  /// permanently.
  ///
  /// - Returns: The number deleted.
  static func deleteEngagements(
    before limit: Date, count: Int, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.query(
      """
      DELETE FROM point_action_log WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM point_action_log WHERE act <> '' AND date_fired < \(limit)
        LIMIT \(count)))
      """
    ).affected
  }
}
