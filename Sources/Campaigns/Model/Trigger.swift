package import Foundation

/// The time at which an action or a condition fires, counted from a base time (campaigns.md 5).
package struct Trigger: Sendable, Equatable, Codable {
  /// The way in which the time is given.
  package enum Mode: String, Sendable, Codable, CaseIterable {
    /// At the base time (CAM-202).
    case immediate
    /// A number of units after the base time (CAM-203).
    case interval
    /// At an instant (CAM-212).
    case date
    /// By a date field of the contact (CAM-218).
    case contactDate = "contact_date"
  }

  /// A unit of delays: elapsed minutes and hours, calendar days, months and years (CAM-204).
  package enum Unit: String, Sendable, Codable, CaseIterable {
    case minute = "i"
    case hour = "h"
    case day = "d"
    case month = "m"
    case year = "y"

    /// Seconds of a unit that is elapsed time; nil for steps of the calendar.
    var seconds: Int? {
      switch self {
      case .minute: 60
      case .hour: 3600
      case .day, .month, .year: nil
      }
    }
  }

  /// The handling of a contact's date that has passed already (CAM-218).
  package enum Past: String, Sendable, Codable {
    /// It fires at once.
    case run
    /// It counts as no date.
    case skip
  }

  /// The way in which the time is given.
  package var mode: Mode
  /// The delay in units, 0 to 1,000,000.
  package var interval = 0
  /// The delay's unit.
  package var unit = Unit.day
  /// The hour of day (CAM-206); for a contact's date, its time of day.
  package var hour: TimeOfDay?
  /// The beginning of the allowed part of the day (CAM-207).
  package var windowStart: TimeOfDay?
  /// The end of the allowed part of the day, exclusive.
  package var windowStop: TimeOfDay?
  /// The allowed days: 0 Sunday to 6 Saturday, −1 Monday to Friday; if empty, all (CAM-210).
  package var daysOfWeek: [Int] = []
  /// The instant of mode `date`.
  package var date: Date?
  /// The alias of the contact's field of mode `contact_date`.
  package var contactField: String?
  /// The shift of the contact's date, in units.
  package var offset = 0
  package var offsetUnit = Unit.day
  /// The handling of a date that has passed.
  package var ifPast = Past.run

  /// Creates a trigger with defaults for everything but the mode.
  package init(_ mode: Mode = .immediate) { self.mode = mode }

  /// Returns a trigger that fires a number of units after the base time.
  package static func after(_ interval: Int, _ unit: Unit) -> Trigger {
    var trigger = Trigger(.interval)
    trigger.interval = interval
    trigger.unit = unit
    return trigger
  }

  /// The allowed days of the week, as a set of 0 to 6; nil if all are.
  var allowedDays: Set<Int>? {
    var days = Set(daysOfWeek.filter { (0...6).contains($0) })
    if daysOfWeek.contains(-1) { days.formUnion(1...5) }
    return days.isEmpty || days.count == 7 ? nil : days
  }

  /// The window in order (CAM-208); nil without one or if the hour takes precedence (CAM-209).
  var window: (start: TimeOfDay, stop: TimeOfDay)? {
    guard hour == nil, let start = windowStart, let stop = windowStop, start != stop else {
      return nil
    }
    return start < stop ? (start, stop) : (stop, start)
  }

  /// Whether hour, window or weekdays restrict the fire time (CAM-211).
  var isRestricted: Bool {
    mode == .interval && (hour != nil || window != nil || allowedDays != nil)
  }

  /// Whether the fire time depends on the contact's time zone.
  var dependsOnZone: Bool {
    switch mode {
    case .immediate, .date: false
    case .interval: isRestricted || (unit.seconds == nil && interval != 0)
    case .contactDate: true
    }
  }
}
