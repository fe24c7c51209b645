import Fields
package import Foundation
package import Postgres

/// The number of contacts that entered each stage, by day (STG-18).
package struct StageChart: Sendable, Equatable {
  package struct Line: Sendable, Equatable {
    /// The stage's id.
    package var stage: Int64
    /// The current name.
    package var name: String
    /// The number of contacts that entered it on each day.
    package var changes: [Int]

    package init(stage: Int64, name: String, changes: [Int]) {
      self.stage = stage
      self.name = name
      self.changes = changes
    }
  }

  /// The days as `YYYY-MM-DD`, in UTC.
  package var days: [String]
  /// The stages, by weight.
  package var lines: [Line]
}

/// The number of contacts in a stage (STG-18).
package struct StageCount: Sendable, Equatable {
  /// The stage; `nil` for contacts in none.
  package var stage: Int64?
  package var name: String?
  package var contacts: Int

  package init(stage: Int64?, name: String?, contacts: Int) {
    self.stage = stage
    self.name = name
    self.contacts = contacts
  }
}

extension StageStore {
  /// The maximum number of days of a chart.
  package static let longestChart = 1_100

  /// Returns the changes of stages over time.
  ///
  /// - Parameters:
  ///   - first: Any instant of the first day.
  ///   - last: Any instant of the last day.
  /// - Throws: ``InvalidInput`` if the range is backwards or too long; `PostgresError`.
  package func chart(from first: Date, to last: Date) async throws -> StageChart {
    guard first <= last else {
      throw InvalidInput("dateTo", "\(DateText.plain(last)) is before \(DateText.plain(first))")
    }
    guard last.timeIntervalSince(first) < Double(Self.longestChart) * 86_400 else {
      throw InvalidInput("dateFrom", "more than \(Self.longestChart) days")
    }
    let rows = try await pool.query(
      """
      WITH days AS (
        SELECT day::date AS day FROM generate_series(
          date_trunc('day', \(first)::timestamptz AT TIME ZONE 'UTC'),
          date_trunc('day', \(last)::timestamptz AT TIME ZONE 'UTC'), interval '1 day') AS day
      ), changes AS (
        SELECT stage_id, (date_added AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM stage_log
        WHERE date_added >= (SELECT min(day) FROM days)::timestamp AT TIME ZONE 'UTC'
          AND date_added < ((SELECT max(day) FROM days) + 1)::timestamp AT TIME ZONE 'UTC'
        GROUP BY 1, 2
      )
      SELECT s.id, s.name, array_agg(coalesce(c.n, 0) ORDER BY d.day),
        array_agg(to_char(d.day, 'YYYY-MM-DD') ORDER BY d.day)
      FROM (
        SELECT id, name, weight FROM stages UNION ALL SELECT NULL, '', 0
      ) AS s CROSS JOIN days d LEFT JOIN changes c ON c.stage_id = s.id AND c.day = d.day
      GROUP BY s.id, s.name, s.weight ORDER BY s.id IS NOT NULL, s.weight, s.id
      """)
    // The first row has no stage: it provides the days even if there are no stages.
    let lines = try rows.dropFirst().map { row in
      let (stage, name, changes) = try row.decode(Int64.self, String.self, [Int64].self)
      return StageChart.Line(stage: stage, name: name, changes: changes.map { Int($0) })
    }
    return StageChart(days: try rows.first?.decode(at: 3) ?? [], lines: lines)
  }

  /// Returns the number of contacts in each stage: of a segment, or of all contacts.
  ///
  /// - Parameter contacts: A query for the ids of the contacts to count; `nil` for all contacts.
  /// - Returns: Every stage by weight; the contacts without one last.
  /// - Throws: `PostgresError`.
  package func lifecycle(of contacts: SQL? = nil) async throws -> [StageCount] {
    let members: SQL = contacts.map { "WHERE c.id IN (\(sql: $0))" } ?? ""
    let rows = try await pool.query(
      """
      WITH counted AS (
        SELECT c.stage_id, count(*) AS n FROM contacts c \(sql: members) GROUP BY c.stage_id
      )
      SELECT s.id, s.name, coalesce(n, 0), s.weight FROM stages s LEFT JOIN counted ON stage_id = s.id
      UNION ALL
      SELECT NULL, NULL, coalesce((SELECT n FROM counted WHERE stage_id IS NULL), 0), NULL
      ORDER BY 4 NULLS LAST, 1
      """)
    return try rows.map { row in
      StageCount(
        stage: try row.decode(at: 0), name: try row.decode(at: 1), contacts: try row.decode(at: 2))
    }
  }
}
