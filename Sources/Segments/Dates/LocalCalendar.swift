import Foundation
import Primitives

/// The calendar of a zone as it stands at the instant of evaluation: which day is today, and when days begin.
///
/// Days are numbers, 0 being 1970-01-01. Where a clock shows midnight twice the first one begins the day, and
/// from then on it is that day; where it shows none, the day begins with the jump.
struct LocalCalendar: Sendable {
  let zone: TimeZone
  /// The day of the instant of evaluation.
  let today: Int
  private let offset: ZoneOffset

  init(zone: TimeZone, now: Date) {
    self.zone = zone
    offset = ZoneOffset(zone)
    let seconds = now.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: now))
    let clock = Int(saturating: (seconds / 86_400).rounded(.down))
    // So that the day and its beginning always agree, also in the hour that a clock shows twice.
    let offset = offset
    let begins = { (day: Int) in Self.start(of: day, offset) }
    if begins(clock + 1) <= now {
      today = clock + 1
    } else {
      today = begins(clock) <= now ? clock : clock - 1
    }
  }

  /// The instant at which a day begins.
  func start(of day: Int) -> Date { Self.start(of: day, offset) }

  private static func start(of day: Int, _ offset: ZoneOffset) -> Date {
    let local = day * 86_400
    return Date(timeIntervalSince1970: Double(local - offset.secondsFromUTC(local: local)))
  }

  /// When something that changes with the days, weeks … is another one than now.
  func next(_ rhythm: DateRhythm) -> Date? {
    rhythm.next(after: today).map(start(of:))
  }
}

/// How often something relative to today becomes another day.
enum DateRhythm: Sendable {
  case never, daily, weekly, monthly, yearly

  /// The day from which on it is another one.
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

/// A part of the calendar.
enum DatePeriod: Sendable {
  case day, week, month, year

  /// The first day of the period that lies so many periods after the one of a day. Weeks begin on
  /// Monday (SEG-50).
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

  /// A day so many periods later. A day of the month that does not exist is carried forward (SEG-53).
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

  /// A day of a month that may lie outside of its year.
  static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let months = year * 12 + month - 1
    let newYear = months >= 0 ? months / 12 : (months - 11) / 12
    return CivilDay.number(newYear, months - newYear * 12 + 1, day)
  }
}
