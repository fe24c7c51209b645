import Foundation
import Testing

@testable import Reports

@Suite("When reports are sent (API page, 10)") struct ReportTimingTests {
  private static func schedule(
    _ unit: ReportSchedule.Unit, _ day: ReportSchedule.Day? = nil, _ frequency: String? = nil
  ) -> ReportSchedule {
    var schedule = ReportSchedule()
    schedule.isActive = true
    schedule.unit = unit
    schedule.day = day
    schedule.monthFrequency = frequency
    schedule.toAddress = "ann@example.com"
    return schedule
  }

  @Test(
    "The next time after an instant, at eight in the morning",
    arguments: [
      (schedule(.daily), "2024-03-01T06:59:59Z", "2024-03-01T07:00:00Z"),
      (schedule(.daily), "2024-03-01T07:00:00Z", "2024-03-02T07:00:00Z"),
      // The clocks are put forward on March 31.
      (schedule(.daily), "2024-03-30T12:00:00Z", "2024-03-31T06:00:00Z"),
      (schedule(.weekly, .monday), "2024-03-01T12:00:00Z", "2024-03-04T07:00:00Z"),
      (schedule(.weekly, .weekDays), "2024-03-01T12:00:00Z", "2024-03-04T07:00:00Z"),
      (schedule(.monthly, .friday, "1"), "2024-03-01T12:00:00Z", "2024-04-05T06:00:00Z"),
      (schedule(.monthly, .friday, "-1"), "2024-03-01T12:00:00Z", "2024-03-29T07:00:00Z"),
      (schedule(.monthly, .weekDays, "1"), "2024-05-15T12:00:00Z", "2024-06-03T06:00:00Z"),
      (schedule(.monthly, .weekDays, "-1"), "2024-06-15T12:00:00Z", "2024-06-28T06:00:00Z"),
      (schedule(.now), "2024-03-01T12:00:00Z", "2024-03-01T12:00:00Z"),
    ])
  func next(_ schedule: ReportSchedule, _ instant: String, _ expected: String) async throws {
    let timing = ReportTiming { try #require(TimeZone(identifier: "Europe/Berlin")) }
    let next = try await timing.next(schedule, ReportsBed.date(instant))
    let due = try ReportsBed.date(expected)
    #expect(next == due)
  }

  @Test("What is not scheduled is never due")
  func never() async throws {
    var schedule = Self.schedule(.daily)
    schedule.isActive = false
    #expect(try await ReportTiming { .gmt }.next(schedule, Date()) == nil)
  }
}
