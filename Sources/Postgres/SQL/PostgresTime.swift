import FoundationEssentials
import Primitives

/// PostgreSQL's way to count time: microseconds, and days, since 2000-01-01.
enum PostgresTime {
  /// Seconds between 1970-01-01 and 2000-01-01.
  static let epoch: Double = 946_684_800
  /// Days between 1970-01-01 and 2000-01-01.
  static let epochDays: Int64 = 10_957

  static func microseconds(of date: Date) -> Int64 {
    // Whole seconds and their fraction apart: one product in Double loses microseconds.
    let seconds =
      date.timeIntervalSinceReferenceDate - (epoch - Date.timeIntervalBetween1970AndReferenceDate)
    let whole = seconds.rounded(.down)
    guard whole > -9_000_000_000_000 else { return .min }
    guard whole < 9_000_000_000_000 else { return .max }
    return Int64(whole) * 1_000_000 + Int64(((seconds - whole) * 1_000_000).rounded())
  }

  static func date(microseconds: Int64) -> Date {
    if microseconds == .max { return .distantFuture }
    if microseconds == .min { return .distantPast }
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    let offset = epoch - Date.timeIntervalBetween1970AndReferenceDate
    return Date(
      timeIntervalSinceReferenceDate: Double(seconds) + offset + Double(rest) / 1_000_000)
  }

  static func date(days: Int32) -> Date {
    if days == .max { return .distantFuture }
    if days == .min { return .distantPast }
    return Date(timeIntervalSince1970: Double(Int64(days) + epochDays) * 86_400)
  }

  /// `2026-02-28`, as PostgreSQL writes it.
  static func dateText(days: Int32) -> String {
    if days == .max { return "infinity" }
    if days == .min { return "-infinity" }
    let (year, month, day) = CivilDay.date(Int(Int64(days) + epochDays))
    let text = "\(pad(year > 0 ? year : 1 - year, 4))-\(pad(month, 2))-\(pad(day, 2))"
    return year > 0 ? text : text + " BC"
  }

  /// `13:37:00.5`
  static func timeText(microseconds: Int64) -> String {
    let (seconds, fraction) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    var text =
      "\(pad(seconds / 3600, 2)):\(pad(seconds / 60 % 60, 2)):\(pad(seconds % 60, 2))"
    if fraction != 0 {
      var digits = pad(fraction, 6)
      while digits.hasSuffix("0") { digits.removeLast() }
      text += ".\(digits)"
    }
    return text
  }

  /// `2026-02-28 13:37:00.5`, with `+00` for an instant.
  static func timestampText(microseconds: Int64, zone: String) -> String {
    if microseconds == .max { return "infinity" }
    if microseconds == .min { return "-infinity" }
    let day: Int64 = 86_400_000_000
    var (days, rest) = microseconds.quotientAndRemainder(dividingBy: day)
    if rest < 0 {
      days -= 1
      rest += day
    }
    let date = dateText(days: Int32(truncatingIfNeeded: days))
    let time = timeText(microseconds: rest) + zone
    // PostgreSQL puts the era behind the time.
    return date.hasSuffix(" BC") ? "\(date.dropLast(3)) \(time) BC" : "\(date) \(time)"
  }

  private static func pad(_ number: some BinaryInteger, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
