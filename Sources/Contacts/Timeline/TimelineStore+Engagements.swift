package import Foundation
import Postgres

extension TimelineStore {
  /// Returns the chart of a contact over the last six months, including today.
  ///
  /// - Parameters:
  ///   - contact: The contact.
  ///   - unit: Days, or weeks that begin on Monday.
  ///   - now: The current instant.
  /// - Throws: `PostgresError`.
  package func engagements(
    of contact: Int64, by unit: Engagements.Unit = .day, now: Date
  ) async throws -> Engagements {
    let events = sources.map { source -> SQL in
      """
      SELECT \(sql: source.instant) AS at FROM \(sql: source.table) AS e
      WHERE \(sql: source.condition) AND \(sql: source.contact) = \(contact)
        AND \(sql: source.instant) >= (SELECT since FROM bounds)
        AND \(sql: source.instant) <= \(now)
      """
    }
    let rows = try await pool.query(
      """
      WITH bounds AS (
        SELECT date_trunc(\(unit.rawValue),
          date_trunc('day', \(now)::timestamptz AT TIME ZONE 'UTC') - interval '6 months')
          AT TIME ZONE 'UTC' AS since
      ), happened AS (
        SELECT date_trunc(\(unit.rawValue), at AT TIME ZONE 'UTC')::date AS day, count(*) AS n
        FROM (\(sql: events.joined(separator: " UNION ALL "))) AS events GROUP BY 1
      ), gained AS (
        SELECT date_trunc(\(unit.rawValue), date_added AT TIME ZONE 'UTC')::date AS day,
          sum(delta)::bigint AS n
        FROM points_log WHERE contact_id = \(contact) AND group_id IS NULL
          AND date_added >= (SELECT since FROM bounds) AND date_added <= \(now)
        GROUP BY 1
      )
      SELECT to_char(day, 'YYYY-MM-DD') AS day, coalesce(happened.n, 0) AS engagements,
        coalesce(gained.n, 0) AS points
      FROM (
        SELECT step::date AS day FROM bounds, generate_series(
          since AT TIME ZONE 'UTC', \(now)::timestamptz AT TIME ZONE 'UTC',
          ('1 ' || \(unit.rawValue))::interval) AS step
      ) AS days LEFT JOIN happened USING (day) LEFT JOIN gained USING (day) ORDER BY days.day
      """)
    return Engagements(
      steps: try rows.map {
        Engagements.Step(
          day: try $0.decode("day"), engagements: try $0.decode("engagements"),
          points: try $0.decode("points"))
      })
  }
}
