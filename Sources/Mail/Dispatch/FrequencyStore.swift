import Foundation
import Postgres

/// Counts the messages of contacts in the periods of frequency rules.
extension FrequencyClock {
  /// Returns the number of messages that contacts have got within their period, in one statement. A send that
  /// waits for a worker counts from the instant it was written.
  static func counts(
    _ wanted: [(contact: Int64, unit: FrequencyRule.Unit)], now: Date,
    on connection: PostgresConnection
  ) async throws -> [Int64: Int] {
    guard !wanted.isEmpty else { return [:] }
    let starts = Dictionary(
      uniqueKeysWithValues: FrequencyRule.Unit.allCases.map { ($0, since(now, $0)) })
    let rows = try await connection.query(
      """
      SELECT w.contact_id, count(*) FROM unnest(\(wanted.map(\.contact))::bigint[],
        \(wanted.map { starts[$0.unit] ?? now })::timestamptz[]) AS w (contact_id, since)
      JOIN email_sends s ON s.contact_id = w.contact_id
        AND s.queued_at >= w.since - interval '2 days'
      WHERE s.state = ANY (\(SendState.counting)) AND coalesce(s.sent_at, s.queued_at) >= w.since
      GROUP BY w.contact_id
      """)
    var counts: [Int64: Int] = [:]
    for row in rows { counts[try row.decode(at: 0)] = try row.decode(at: 1) }
    return counts
  }
}
