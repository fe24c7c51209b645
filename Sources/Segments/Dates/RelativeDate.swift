package import Fields
package import Foundation
import Primitives

/// A date in the words of filters (segments.md 5.2 and 5.3) or `now`, as a value that is computed when it is written.
package enum RelativeDate {
  /// Returns the value of a field for a text in these words; nil for any other text.
  ///
  /// A range means its first day. On a date-time field a day begins at midnight of the zone, while an offset keeps the
  /// time of day.
  ///
  /// - Parameters:
  ///   - text: The text, such as `today`, `now`, `+3 days` or `first day of next month`.
  ///   - type: The type of the field, `date` or `datetime`; nil is returned for others.
  ///   - zone: The zone in which days begin.
  ///   - now: The instant from which the date is counted.
  package static func value(
    _ text: String, for type: FieldType, zone: TimeZone, now: Date
  ) -> String? {
    guard type == .date || type == .datetime else { return nil }
    let calendar = LocalCalendar(zone: zone, now: now)
    let text = text.trimmingCharacters(in: .whitespaces)
    if text == "now" {
      return type == .date ? Self.text(day: calendar.today) : Self.text(now)
    }
    switch DatePhrase(text) {
    case .range(let period, let count)?:
      let day = period.start(of: calendar.today, adding: count)
      return type == .date ? Self.text(day: day) : Self.text(calendar.start(of: day))
    case .offset(let offset)?:
      let day = offset.day(today: calendar.today)
      if type == .date { return Self.text(day: day) }
      let time = now.timeIntervalSince(calendar.start(of: calendar.today))
      return Self.text(calendar.start(of: day).addingTimeInterval(time))
    case .moment, .anniversary, nil: return nil
    }
  }

  /// Years beyond four digits are none that a field holds.
  private static func text(day: Int) -> String? {
    let date = CivilDay.date(day)
    guard (1...9_999).contains(date.year) else { return nil }
    return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))"
  }

  private static func text(_ instant: Date) -> String? {
    let seconds = Int(saturating: instant.timeIntervalSince1970.rounded(.down))
    let time = (seconds % 86_400 + 86_400) % 86_400
    guard let day = text(day: (seconds - time) / 86_400) else { return nil }
    return "\(day) \(digits(time / 3_600, 2)):\(digits(time / 60 % 60, 2)):\(digits(time % 60, 2))"
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.count)) + text
  }
}
