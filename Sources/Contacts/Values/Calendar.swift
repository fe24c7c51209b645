package import Foundation

/// Days of the Gregorian calendar as numbers, 0 being 1970-01-01 (Howard Hinnant's civil algorithms).
package enum CivilDay {
  /// The number of a day. A day beyond the end of its month is one of the month after.
  package static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The day with a number.
  package static func date(_ number: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

/// How far a zone's clocks stand from UTC. UTC itself costs nothing to ask.
package struct ZoneOffset: Sendable {
  private let zone: TimeZone?

  /// The offsets of a zone.
  package init(_ zone: TimeZone) {
    self.zone = zone.identifier == "GMT" || zone.identifier == "UTC" ? nil : zone
  }

  /// Whether the offset is always 0.
  package var isUTC: Bool { zone == nil }

  /// The offset in force at a local time, in seconds. Of a time that a clock shows twice the first is
  /// meant; one that is skipped is read by the clock before the jump.
  package func secondsFromUTC(local: Int) -> Int {
    guard let zone else { return 0 }
    // The offset a day before is the one in force before any change near this time.
    let before = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local - 86_400)))
    let after = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local + 86_400)))
    if before == after { return before }
    let instant = Date(timeIntervalSince1970: Double(local - before))
    if zone.secondsFromGMT(for: instant) == before { return before }
    let later = Date(timeIntervalSince1970: Double(local - after))
    return zone.secondsFromGMT(for: later) == after ? after : before
  }
}

/// Reads bytes from left to right.
struct ByteScanner {
  private let bytes: ValueBytes
  private var position = 0

  init(_ bytes: ValueBytes) { self.bytes = bytes }

  /// The next byte, which stays.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The next byte, which is gone then.
  mutating func take() -> UInt8? {
    guard position < bytes.count else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  /// One to so many digits as a number.
  mutating func number(upTo limit: Int) -> (value: Int, digits: Int)? {
    var value = 0
    var digits = 0
    while digits < limit, position < bytes.count, bytes[position].isDigit {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
      digits += 1
    }
    return digits == 0 ? nil : (value, digits)
  }
}

extension [UInt8] {
  /// Appends a number from 0 to 99 as two digits.
  @inline(__always)
  mutating func appendTwoDigits(_ number: Int) {
    append(0x30 + UInt8(truncatingIfNeeded: number / 10))
    append(0x30 + UInt8(truncatingIfNeeded: number % 10))
  }
}
