package import Foundation
package import Postgres
import Primitives

/// The growth of a segment, day by day (segments.md 2.3). Days are UTC.
package struct SegmentChart: Sendable, Equatable {
  package struct Day: Sendable, Equatable {
    /// The day as `YYYY-MM-DD`.
    package var day: String
    /// The number of contacts that entered.
    package var added: Int
    /// The number of contacts that left.
    package var removed: Int
    /// The number of members at the end of the day.
    package var total: Int
  }

  /// The days in order, including those without changes.
  package var days: [Day]

  /// The maximum number of days of a chart.
  package static let maximumDays = 1_100

  /// Reads a chart.
  ///
  /// - Parameters:
  ///   - segment: The segment.
  ///   - first: An instant of the first day.
  ///   - last: An instant of the last day; beyond ``maximumDays`` only the first days are read.
  ///   - pool: The database.
  package static func read(
    _ segment: Int64, from first: Date, to last: Date, on pool: PostgresPool
  ) async throws -> SegmentChart {
    let names = dayNumbers(from: first, to: last).prefix(maximumDays).map(name)
    guard let from = names.first else { return SegmentChart(days: []) }
    let changes = try await SegmentDay.list(of: segment, from: from, through: "infinity", on: pool)
    let members = try await SegmentStore(pool: pool).counts([segment])[segment] ?? 0
    return SegmentChart(days: names, changes: changes, members: members)
  }

  init(days: [Day]) { self.days = days }

  /// Counts back from the current members, so that the last total is correct also where contacts were
  /// deleted, which no day records.
  init(days names: [String], changes: [SegmentDay], members: Int) {
    var byDay = Dictionary(
      changes.map { ($0.day, $0) }, uniquingKeysWith: { first, _ in first })
    var days = names.map { name in
      let change = byDay.removeValue(forKey: name)
      return Day(day: name, added: change?.added ?? 0, removed: change?.removed ?? 0, total: 0)
    }
    // The remaining changes are later than the chart.
    var total = members - byDay.values.reduce(0) { $0 + $1.added - $1.removed }
    for index in days.indices.reversed() {
      days[index].total = max(0, total)
      total -= days[index].added - days[index].removed
    }
    self.days = days
  }

  private static func dayNumbers(from first: Date, to last: Date) -> ClosedRange<Int> {
    let start = Int(saturating: (first.timeIntervalSince1970 / 86_400).rounded(.down))
    let end = Int(saturating: (last.timeIntervalSince1970 / 86_400).rounded(.down))
    return start...max(start, end)
  }

  private static func name(_ day: Int) -> String {
    Date(timeIntervalSince1970: Double(day) * 86_400)
      .formatted(.iso8601.year().month().day().dateSeparator(.dash))
  }
}
