package import Foundation
import Primitives

/// A date as written, with its time and zone if it has them.
///
/// Accepted formats (IMP-31): three numbers with `-`, `/`, `.` or blanks between them, or a month's name with
/// day and year, wherever only one reading is possible or the style tells the order; each with an optional
/// time after a blank, a comma or `T`, and an optional zone (``TimeText``, ``ZoneText``).
package struct DateText {
  var year: Int
  var month: Int
  var day: Int
  /// The seconds since midnight.
  var seconds = 0
  /// The zone's offset from UTC in seconds, if the text names a zone.
  var offset: Int?

  /// Parses a date.
  ///
  /// - Returns: The date; `nil` for a placeholder made of zeros (CON-29).
  static func parse(
    _ text: ValueBytes, order: DateOrder? = nil
  ) throws(FieldProblem) -> DateText? {
    if isPlaceholder(text) { return nil }
    var scanner = ByteScanner(text)
    if var date = iso(&scanner) {
      guard date.exists else { throw .notADate }
      try date.readTime(&scanner)
      return date
    }
    guard let parts = DateParts(&scanner) else { throw .notADate }
    if parts.isPlaceholder {
      var zero = DateText(year: 1, month: 1, day: 1)
      try zero.readTime(&scanner)
      return nil
    }
    let readings = parts.readings(order).filter(\.exists)
    guard var date = readings.first else { throw .notADate }
    guard readings.allSatisfy({ $0.isSameDay(as: date) }) else { throw .ambiguousDate }
    try date.readTime(&scanner)
    return date
  }

  /// Consumes `YYYY-MM-DD`, as nearly all dates are written; `nil`, and nothing consumed, for anything else.
  private static func iso(_ scanner: inout ByteScanner) -> DateText? {
    var ahead = scanner
    guard let year = ahead.number(upTo: 4), year.digits == 4, year.value > 0, ahead.take() == 0x2D,
      let month = ahead.number(upTo: 2), ahead.take() == 0x2D, let day = ahead.number(upTo: 2)
    else { return nil }
    scanner = ahead
    return DateText(year: year.value, month: month.value, day: day.value)
  }

  private static func isPlaceholder(_ text: ValueBytes) -> Bool {
    guard text.first == 0x30 else { return false }
    return text.allSatisfy {
      $0 == 0x30 || $0 == 0x2D || $0 == 0x2F || $0 == 0x2E || $0 == 0x3A || $0 == 0x20
        || $0 == 0x54 || $0 == 0x5A
    }
  }

  private func isSameDay(as other: DateText) -> Bool {
    (year, month, day) == (other.year, other.month, other.day)
  }

  private mutating func readTime(_ scanner: inout ByteScanner) throws(FieldProblem) {
    guard let separator = scanner.peek else { return }
    let hasComma = separator == 0x2C
    if hasComma || separator | 0x20 == 0x74 { _ = scanner.take() }
    guard separator == 0x20 || hasComma || separator | 0x20 == 0x74 else { throw .notADate }
    scanner.skipBlanks()
    guard let seconds = TimeText.seconds(&scanner) else { throw .notADate }
    self.seconds = seconds
    scanner.skipBlanks()
    guard scanner.peek != nil else { return }
    guard let offset = ZoneText.offset(&scanner), scanner.peek == nil else { throw .notADate }
    self.offset = offset
  }

  private var exists: Bool {
    guard year >= 1, month >= 1, month <= 12, day >= 1 else { return false }
    return day <= Self.days(in: month, of: year)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Appends `YYYY-MM-DD`, the day as written.
  func appendDate(to output: inout [UInt8]) {
    output.appendTwoDigits(year / 100)
    output.appendTwoDigits(year % 100)
    output.append(0x2D)
    output.appendTwoDigits(month)
    output.append(0x2D)
    output.appendTwoDigits(day)
  }

  /// Appends `YYYY-MM-DD HH:MM:SS+00`, the instant in UTC.
  func appendInstant(to output: inout [UInt8], zone: ZoneOffset) throws(FieldProblem) {
    var utc = self
    if offset ?? (zone.isUTC ? 0 : 1) != 0 {
      let local = CivilDay.number(year, month, day) * 86_400 + seconds
      let instant = local - (offset ?? zone.secondsFromUTC(local: local))
      guard let moved = DateText(unixTime: instant) else { throw .notADate }
      utc = moved
    }
    utc.appendDate(to: &output)
    output.append(0x20)
    TimeText.append(utc.seconds, to: &output)
    output.append(0x2B)
    output.appendTwoDigits(0)
  }

  /// Creates the date and time in UTC of an instant between the years 1 and 9999.
  init?(unixTime: Int) {
    let day = Int((Double(unixTime) / 86_400).rounded(.down))
    let civil = CivilDay.date(day)
    guard (1...9999).contains(civil.year) else { return nil }
    self.init(
      year: civil.year, month: civil.month, day: civil.day, seconds: unixTime - day * 86_400)
  }

  init(year: Int, month: Int, day: Int, seconds: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.seconds = seconds
  }

  /// Returns the instant of a canonical text, `YYYY-MM-DD HH:MM:SS+00`; PostgreSQL's fractions are
  /// dropped.
  static func instant(canonical text: ValueBytes) -> Date? {
    guard let parsed = try? parse(text) else { return nil }
    let local = CivilDay.number(parsed.year, parsed.month, parsed.day) * 86_400 + parsed.seconds
    return Date(timeIntervalSince1970: Double(local - (parsed.offset ?? 0)))
  }

  /// Returns an instant as `YYYY-MM-DD HH:MM:SS` in UTC.
  package static func plain(_ date: Date) -> String {
    let time = Int(saturating: date.timeIntervalSince1970.rounded(.down))
    guard let parts = DateText(unixTime: time) else { return "" }
    var output: [UInt8] = []
    parts.appendDate(to: &output)
    output.append(0x20)
    TimeText.append(parts.seconds, to: &output)
    return String(decoding: output, as: UTF8.self)
  }
}
