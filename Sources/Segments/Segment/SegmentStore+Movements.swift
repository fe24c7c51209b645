import Postgres

/// How much a segment grew or shrank in a span of days.
package struct SegmentMovement: Sendable, Equatable {
  /// The segment's id.
  package var id: Int64
  package var name: String
  /// The number of contacts that entered.
  package var added: Int
  /// The number of contacts that left.
  package var removed: Int
  /// By how much it grew on each day.
  package var days: [Int]
}

extension SegmentStore {
  /// Returns the segments that grew or shrank most, the most first; those without any change are left out.
  ///
  /// - Parameters:
  ///   - first: The first day, `YYYY-MM-DD`.
  ///   - last: The last day, inclusive.
  ///   - actor: Sees them.
  ///   - limit: The maximum number.
  /// - Throws: `PostgresError`, also for a text that is not a day.
  package func movements(
    from first: String, through last: String, for actor: SegmentActor, limit: Int
  ) async throws -> [SegmentMovement] {
    let rows = try await pool.query(
      """
      WITH moved AS (
        SELECT d.segment_id AS id, s.name, sum(d.added)::bigint AS added,
          sum(d.removed)::bigint AS removed
        FROM segment_days d JOIN segments s ON s.id = d.segment_id
        WHERE d.day BETWEEN \(first)::text::date AND \(last)::text::date
          AND (\(sql: SegmentList.visible(to: actor)))
        GROUP BY d.segment_id, s.name HAVING sum(d.added) <> sum(d.removed)
        ORDER BY abs(sum(d.added) - sum(d.removed)) DESC, d.segment_id LIMIT \(limit))
      SELECT m.id, m.name, m.added, m.removed, ARRAY(
        SELECT coalesce(sum(d.added - d.removed), 0)::bigint
        FROM generate_series(\(first)::text::date, \(last)::text::date, interval '1 day') AS span(at)
          LEFT JOIN segment_days d ON d.segment_id = m.id AND d.day = span.at::date
        GROUP BY span.at ORDER BY span.at) AS days
      FROM moved m ORDER BY abs(m.added - m.removed) DESC, m.id
      """)
    return try rows.map { row in
      SegmentMovement(
        id: try row.decode(at: 0), name: try row.decode(at: 1), added: try row.decode(at: 2),
        removed: try row.decode(at: 3), days: try row.decode(at: 4))
    }
  }
}
