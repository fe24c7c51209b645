package import Foundation
import Primitives

/// A date as written, with its time and zone if it has them.
///
/// Accepted formats (IMP-31): `YYYY-MM-DD` and `YYYY/MM/DD`, `DD.MM.YYYY`, and `DD/MM/YYYY` or
/// `MM/DD/YYYY` where only one reading is possible; each with an optional time
/// `HH:MM[:SS[.fraction]]` after a blank or `T`, and an optional zone `Z`, `±HH`, `±HHMM` or
/// `±HH:MM`. Fractions of seconds are dropped.
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
  static func parse(_ text: ValueBytes) throws(FieldProblem) -> DateText? {
    if isPlaceholder(text) { return nil }
    var scanner = ByteScanner(text)
    guard let first = scanner.number(upTo: 4), let separator = scanner.take(),
      separator == 0x2D || separator == 0x2F || separator == 0x2E,
      let second = scanner.number(upTo: 2), scanner.take() == separator,
      let third = scanner.number(upTo: 4)
    else { throw .notADate }

    var date: DateText
    if first.digits == 4, separator != 0x2E, third.digits <= 2 {
      date = DateText(year: first.value, month: second.value, day: third.value)
    } else if first.digits <= 2, third.digits == 4, separator == 0x2E {
      date = DateText(year: third.value, month: second.value, day: first.value)
    } else if first.digits <= 2, third.digits == 4, separator == 0x2F {
      // One of the two is the day: the one above 12. If they are equal it does not matter.
      guard first.value > 12 || second.value > 12 || first.value == second.value else {
        throw .ambiguousDate
      }
      let dayIsFirst = first.value > 12
      date = DateText(
        year: third.value, month: dayIsFirst ? second.value : first.value,
        day: dayIsFirst ? first.value : second.value)
    } else {
      throw .notADate
    }
    guard date.exists else { throw .notADate }
    try date.readTime(&scanner)
    return date
  }

  private static func isPlaceholder(_ text: ValueBytes) -> Bool {
    guard text.count >= 8, text[0] == 0x30 else { return false }
    return text.allSatisfy {
      $0 == 0x30 || $0 == 0x2D || $0 == 0x2F || $0 == 0x2E || $0 == 0x3A || $0 == 0x20
        || $0 == 0x54 || $0 == 0x5A
    }
  }

  private mutating func readTime(_ scanner: inout ByteScanner) throws(FieldProblem) {
    guard let separator = scanner.take() else { return }
    guard separator == 0x20 || separator | 0x20 == 0x74 else { throw .notADate }
    while scanner.peek == 0x20 { _ = scanner.take() }
    guard let seconds = TimeText.seconds(&scanner) else { throw .notADate }
    self.seconds = seconds
    while scanner.peek == 0x20 { _ = scanner.take() }
    guard let sign = scanner.take() else { return }
    if sign | 0x20 == 0x7A {
      offset = 0
    } else {
      guard sign == 0x2B || sign == 0x2D, let hours = scanner.number(upTo: 2), hours.digits == 2
      else { throw .notADate }
      var distance = hours.value * 3600
      if scanner.peek != nil {
        if scanner.peek == 0x3A { _ = scanner.take() }
        guard let minutes = scanner.number(upTo: 2), minutes.digits == 2, minutes.value < 60 else {
          throw .notADate
        }
        distance += minutes.value * 60
      }
      guard distance <= 15 * 3600 + 59 * 60 else { throw .notADate }
      offset = sign == 0x2D ? -distance : distance
    }
    guard scanner.peek == nil else { throw .notADate }
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

  private init(year: Int, month: Int, day: Int, seconds: Int = 0) {
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

/// Times of day.
enum TimeText {
  /// Parses `HH:MM[:SS[.fraction]]` and appends `HH:MM:SS`.
  static func parse(_ text: ValueBytes, into output: inout [UInt8]) throws(FieldProblem) {
    var scanner = ByteScanner(text)
    guard let seconds = seconds(&scanner), scanner.peek == nil else { throw .notATime }
    append(seconds, to: &output)
  }

  /// Parses a time as seconds since midnight; `nil` if no time follows.
  static func seconds(_ scanner: inout ByteScanner) -> Int? {
    guard let hour = scanner.number(upTo: 2), hour.value < 24, scanner.take() == 0x3A,
      let minute = scanner.number(upTo: 2), minute.digits == 2, minute.value < 60
    else { return nil }
    var total = hour.value * 3600 + minute.value * 60
    guard scanner.peek == 0x3A else { return total }
    _ = scanner.take()
    guard let second = scanner.number(upTo: 2), second.digits == 2, second.value < 60 else {
      return nil
    }
    total += second.value
    if scanner.peek == 0x2E {
      _ = scanner.take()
      guard let next = scanner.peek, next.isDigit else { return nil }
      while let next = scanner.peek, next.isDigit { _ = scanner.take() }
    }
    return total
  }

  /// Appends `HH:MM:SS`.
  static func append(_ seconds: Int, to output: inout [UInt8]) {
    output.appendTwoDigits(seconds / 3600)
    output.append(0x3A)
    output.appendTwoDigits(seconds / 60 % 60)
    output.append(0x3A)
    output.appendTwoDigits(seconds % 60)
  }
}
