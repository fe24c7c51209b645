import Foundation
package import JobQueue
import Postgres

extension ReportStore {
  /// The reports that one transaction plans.
  private static var planned: Int { 100 }

  /// Adds a job for each report that is due, and sets when it is due next, in one transaction: so each time is planned
  /// once. Times that passed while nobody looked are one.
  ///
  /// - Returns: Whether there may be more.
  func planDue(in transaction: Transaction) async throws -> Bool {
    let now = transaction.now
    let rows = try await transaction.query(
      """
      SELECT id, next_at, \(sql: ReportValues.columns) FROM reports WHERE next_at <= \(now)
      ORDER BY next_at, id LIMIT \(Self.planned) FOR UPDATE SKIP LOCKED
      """)
    var coming: [(id: Int64, at: Date)] = []
    var last: [Int64] = []
    for row in rows {
      let id: Int64 = try row.decode("id")
      let schedule = try ReportValues(row).schedule
      let next = schedule.unit == .now ? nil : try await timing.next(schedule, now)
      if let next { coming.append((id, next)) } else { last.append(id) }
      try transaction.outbox.add(SendReport(report: id, due: try row.decode("next_at")))
    }
    if !coming.isEmpty {
      try await transaction.query(
        """
        UPDATE reports SET next_at = due.at
        FROM unnest(\(coming.map(\.id)), \(coming.map(\.at))) AS due (id, at)
        WHERE reports.id = due.id
        """)
    }
    // One that is sent but once is not scheduled any more.
    if !last.isEmpty {
      try await transaction.query(
        "UPDATE reports SET next_at = NULL, is_scheduled = false WHERE id = ANY (\(last))")
    }
    return rows.count == Self.planned
  }
}
