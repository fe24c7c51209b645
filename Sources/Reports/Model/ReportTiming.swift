package import Foundation

/// Tells when reports are sent: in the morning, in the installation's time zone.
package struct ReportTiming: Sendable {
  /// The hour of the day at which reports are sent.
  package static let hour = 8

  private let timeZone: @Sendable () async throws -> TimeZone

  /// - Parameter timeZone: Read at each use, so that a change takes effect at once.
  package init(timeZone: @escaping @Sendable () async throws -> TimeZone) {
    self.timeZone = timeZone
  }

  /// The first instant after another one at which a report is to be sent; nil for one that is not.
  package func next(_ schedule: ReportSchedule, _ instant: Date) async throws -> Date? {
    guard schedule.isActive, let unit = schedule.unit else { return nil }
    if unit == .now { return instant }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = try await timeZone()
    return Self.next(unit, schedule, after: instant, calendar)
  }

  /// The first of the coming days that the schedule names; all months have one within 62 days.
  static func next(
    _ unit: ReportSchedule.Unit, _ schedule: ReportSchedule, after instant: Date,
    _ calendar: Calendar
  ) -> Date? {
    let today = calendar.startOfDay(for: instant)
    for offset in 0...93 {
      guard let day = calendar.date(byAdding: .day, value: offset, to: today),
        let due = calendar.date(bySettingHour: hour, minute: 0, second: 0, of: day),
        due > instant, isMeant(day, unit, schedule, calendar)
      else { continue }
      return due
    }
    return nil
  }

  private static func isMeant(
    _ day: Date, _ unit: ReportSchedule.Unit, _ schedule: ReportSchedule, _ calendar: Calendar
  ) -> Bool {
    switch unit {
    case .now, .daily: return true
    case .weekly: return isNamed(day, schedule, calendar)
    case .monthly:
      guard isNamed(day, schedule, calendar) else { return false }
      // The first or the last such day: none before or after it is in the same month.
      let step = schedule.monthFrequency == "-1" ? 1 : -1
      let month = calendar.component(.month, from: day)
      for offset in 1...7 {
        guard let other = calendar.date(byAdding: .day, value: step * offset, to: day),
          calendar.component(.month, from: other) == month
        else { return true }
        if isNamed(other, schedule, calendar) { return false }
      }
      return true
    }
  }

  private static func isNamed(
    _ day: Date, _ schedule: ReportSchedule, _ calendar: Calendar
  ) -> Bool {
    let weekday = calendar.component(.weekday, from: day)
    switch schedule.day {
    case nil: return true
    case .weekDays: return (2...6).contains(weekday)
    case .sunday: return weekday == 1
    case .monday: return weekday == 2
    case .tuesday: return weekday == 3
    case .wednesday: return weekday == 4
    case .thursday: return weekday == 5
    case .friday: return weekday == 6
    case .saturday: return weekday == 7
    }
  }
}
