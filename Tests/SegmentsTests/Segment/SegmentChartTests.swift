import Foundation
import Testing

@testable import Segments

@Suite("Growth of a segment by day (segments.md 2.3)")
struct SegmentChartTests {
  @Test("Days without changes are included; totals count back from the current members")
  func totals() {
    let chart = SegmentChart(
      days: ["2026-03-01", "2026-03-02", "2026-03-03"],
      changes: [
        SegmentDay(day: "2026-03-01", added: 5, removed: 0),
        SegmentDay(day: "2026-03-03", added: 2, removed: 3),
        // After the chart.
        SegmentDay(day: "2026-03-09", added: 10, removed: 4),
      ], members: 10)
    #expect(chart.days.map(\.added) == [5, 0, 2])
    #expect(chart.days.map(\.removed) == [0, 0, 3])
    #expect(chart.days.map(\.total) == [5, 5, 4])
  }

  @Test("A day with more exits than members, as contacts were deleted since, ends at 0")
  func neverNegative() {
    let chart = SegmentChart(
      days: ["2026-03-01", "2026-03-02"],
      changes: [SegmentDay(day: "2026-03-02", added: 9, removed: 0)], members: 2)
    #expect(chart.days.map(\.total) == [0, 2])
  }
}
