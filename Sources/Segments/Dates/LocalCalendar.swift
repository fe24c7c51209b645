import Foundation
import Primitives

/// The calendar of a zone at the instant of evaluation: today's date and the beginnings of days.
///
/// Days are numbers, 0 being 1970-01-01. Where a clock shows midnight twice, the first one begins the day;
/// where it skips midnight, the day begins with the jump.
struct LocalCalendar: Sendable {
  let zone: TimeZone
  /// The day that contains the instant of evaluation.
  let today: Int
  private let offset: ZoneOffset

  init(zone: TimeZone, now: Date) {
    self.zone = zone
    offset = ZoneOffset(zone)
    let seconds = now.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: now))
    let clock = Int(saturating: (seconds / 86_400).rounded(.down))
    // Keeps the day and its beginning consistent, also in the hour that a clock shows twice.
    let offset = offset
    let begins = { (day: Int) in Self.start(of: day, offset) }
    if begins(clock + 1) <= now {
      today = clock + 1
    } else {
      today = begins(clock) <= now ? clock : clock - 1
    }
  }

  /// Returns the instant at which a day begins.
  func start(of day: Int) -> Date { Self.start(of: day, offset) }

  private static func start(of day: Int, _ offset: ZoneOffset) -> Date {
    let local = day * 86_400
    return Date(timeIntervalSince1970: Double(local - offset.secondsFromUTC(local: local)))
  }

  /// Returns the next instant at which something with this rhythm changes.
  func next(_ rhythm: DateRhythm) -> Date? {
    rhythm.next(after: today).map(start(of:))
  }
}

/// The rhythm at which something relative to today changes its day.
enum DateRhythm: Sendable {
  case never, daily, weekly, monthly, yearly

  /// Returns the first day after today on which it changes.
  func next(after today: Int) -> Int? {
    switch self {
    case .never: nil
    case .daily: today + 1
    case .weekly: DatePeriod.week.start(of: today, adding: 1)
    case .monthly: DatePeriod.month.start(of: today, adding: 1)
    case .yearly: DatePeriod.year.start(of: today, adding: 1)
    }
  }
}

/// A calendar unit.
enum DatePeriod: Sendable {
  case day, week, month, year

  /// Returns the first day of the period that lies `count` periods after the one containing a day.
  /// Weeks begin on Monday (SEG-50).
  func start(of day: Int, adding count: Int = 0) -> Int {
    let civil = CivilDay.date(day)
    switch self {
    case .day: return day + count
    case .week:
      // Day 0 was a Thursday.
      let sinceMonday = ((day + 3) % 7 + 7) % 7
      return day - sinceMonday + 7 * count
    case .month: return Self.day(civil.year, civil.month + count, 1)
    case .year: return CivilDay.number(civil.year + count, 1, 1)
    }
  }

  /// Returns the day `count` periods later. A day that its month lacks is carried forward (SEG-53).
  func day(_ day: Int, adding count: Int) -> Int {
    let civil = CivilDay.date(day)
    switch self {
    case .day: return day + count
    case .week: return day + 7 * count
    case .month: return Self.day(civil.year, civil.month + count, civil.day)
    case .year: return CivilDay.number(civil.year + count, civil.month, civil.day)
    }
  }

  var rhythm: DateRhythm {
    switch self {
    case .day: .daily
    case .week: .weekly
    case .month: .monthly
    case .year: .yearly
    }
  }

  /// Returns the day of a month whose number may lie outside of 1 to 12.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let months = year * 12 + month - 1
    let newYear = months >= 0 ? months / 12 : (months - 11) / 12
    return CivilDay.number(newYear, months - newYear * 12 + 1, day)
  }
}
