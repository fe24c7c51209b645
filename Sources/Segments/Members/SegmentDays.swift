package import Postgres

/// The numbers of contacts that entered and left a segment on a UTC day (segments.md 2.3).
package struct SegmentDay: Sendable, Equatable {
  /// The day as `YYYY-MM-DD`.
  package var day: String
  /// The number of contacts that entered.
  package var added: Int
  /// The number of contacts that left.
  package var removed: Int

  /// Creates a day's counts.
  package init(day: String, added: Int, removed: Int) {
    self.day = day
    self.added = added
    self.removed = removed
  }

  /// Returns the days of a segment with any change, in order.
  ///
  /// - Parameters:
  ///   - segment: The segment.
  ///   - first: The first day, `YYYY-MM-DD`.
  ///   - last: The last day, inclusive.
  ///   - pool: The database.
  /// - Throws: `PostgresError`, also for a text that is not a day.
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
