package import Foundation
import Primitives

/// Dates as the contract has them (API page, section 4): `2024-03-01T09:30:00+00:00`, in UTC,
/// never with `Z`, never with a fraction.
package enum WireDate {
  /// The text of an instant.
  package static func format(_ date: Date) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(25)
    let seconds = Int(saturating: date.timeIntervalSince1970.rounded(.down))
    let (fullDays, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let (days, time) = rest < 0 ? (fullDays - 1, rest + 86_400) : (fullDays, rest)
    let (year, month, day) = civil(fromDays: days)
    append(year, width: 4, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(month, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: "-"))
    append(day, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    append(time / 3600, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time / 60 % 60, width: 2, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(time % 60, width: 2, to: &bytes)
    bytes.append(contentsOf: "+00:00".utf8)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads `YYYY-MM-DD`, `YYYY-MM-DD HH:MM[:SS]` and ISO 8601 with an offset or `Z`; without an
  /// offset the time is UTC. Nil for any other form, and for a day that the calendar does not have.
  static func parse(_ text: String) -> Date? {
    var scanner = Scanner(text)
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2),
      scanner.take("-"), let day = scanner.number(2), (1...12).contains(month),
      (1...daysIn(month, of: year)).contains(day)
    else { return nil }
    var seconds = days(year, month, day) * 86_400
    if scanner.isAtEnd { return Date(timeIntervalSince1970: Double(seconds)) }
    guard scanner.take("T") || scanner.take(" "), let time = scanner.timeOfDay(),
      let offset = scanner.offset(), scanner.isAtEnd
    else { return nil }
    seconds += time - offset
    return Date(timeIntervalSince1970: Double(seconds))
  }

  private static func append(_ number: Int, width: Int, to bytes: inout [UInt8]) {
    var power = 1
    for _ in 1..<width { power *= 10 }
    guard number >= 0, number / power < 10 else {
      // Before the year 0, or after 9999.
      bytes.append(contentsOf: String(number).utf8)
      return
    }
    while power > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / power % 10))
      power /= 10
    }
  }

  /// Day, month and year of a day counted from 1970-01-01 (proleptic Gregorian calendar).
  private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func daysIn(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Reads the parts of a date one after the other.
  private struct Scanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard let byte = rest.first, UInt32(byte) == character.value else { return false }
      rest.removeFirst()
      return true
    }

    mutating func number(_ width: Int) -> Int? {
      let digits = rest.prefix(width)
      guard digits.count == width, digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
      rest = rest.dropFirst(width)
      return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }

    /// `HH:MM[:SS[.fraction]]` in seconds; the fraction is dropped.
    mutating func timeOfDay() -> Int? {
      guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60 else {
        return nil
      }
      guard take(":") else { return hour * 3600 + minute * 60 }
      guard let second = number(2), second < 60 else { return nil }
      if take(".") {
        guard number(1) != nil else { return nil }
        while number(1) != nil {}
      }
      return hour * 3600 + minute * 60 + second
    }

    /// `Z`, `+HH:MM`, `+HHMM`, `+HH` or nothing, in seconds.
    mutating func offset() -> Int? {
      if isAtEnd || take("Z") { return 0 }
      let isPositive = take("+")
      guard isPositive || take("-"), let hours = number(2), hours < 24 else { return nil }
      _ = take(":")
      let minutes = isAtEnd ? 0 : number(2)
      guard let minutes, minutes < 60 else { return nil }
      return (hours * 3600 + minutes * 60) * (isPositive ? 1 : -1)
    }
  }
}

extension JSONValue {
  /// An instant in the contract's form, or null.
  init(_ date: Date?) { self = date.map { .string(WireDate.format($0)) } ?? .null }
}
