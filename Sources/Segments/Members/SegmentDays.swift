package import Postgres

/// How many contacts entered and left a segment on a day of UTC (segments.md 2.3).
package struct SegmentDay: Sendable, Equatable {
  /// The day as `YYYY-MM-DD`.
  package var day: String
  /// How many entered.
  package var added: Int
  /// How many left.
  package var removed: Int

  /// A day's counts.
  package init(day: String, added: Int, removed: Int) {
    self.day = day
    self.added = added
    self.removed = removed
  }

  /// The days of a segment on which something happened, in order.
  ///
  /// - Parameters:
  ///   - segment: The segment.
  ///   - first: The first day, `YYYY-MM-DD`.
  ///   - last: The last day, included.
  ///   - pool: The database.
  /// - Throws: `PostgresError`; a text that is no day is refused by the server.
  package static func list(
    of segment: Int64, from first: String, through last: String, on pool: PostgresPool
  ) async throws(PostgresError) -> [SegmentDay] {
    let rows = try await pool.query(
      """
      SELECT day::text, sum(added)::bigint, sum(removed)::bigint FROM segment_days
      WHERE segment_id = \(segment) AND day BETWEEN \(first)::text::date AND \(last)::text::date
      GROUP BY day ORDER BY day
      """)
    var days: [SegmentDay] = []
    for row in rows {
      days.append(
        SegmentDay(
          day: try row.decode(at: 0), added: try row.decode(at: 1), removed: try row.decode(at: 2)))
    }
    return days
  }
}
