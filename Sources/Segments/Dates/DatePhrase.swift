import Primitives

/// The value of a date filter as written (segments.md 5).
enum DatePhrase: Sendable, Equatable {
  /// A day, with the second of the day if a time was given (SEG-43).
  case moment(day: Int, second: Int?)
  /// A named range such as `last week`: a number of periods after the current one (segments.md 5.2).
  case range(DatePeriod, Int)
  /// A day relative to today (segments.md 5.3).
  case offset(DateOffset)
  /// Month and day of a day relative to today, in any year (SEG-54).
  case anniversary(DateOffset)

  /// The description of valid values in error messages.
  static let expected =
    "YYYY-MM-DD, YYYY-MM-DD HH:MM, YYYY-MM-DD HH:MM:SS, a range such as today or last week, "
    + "an offset such as -7 days, or birthday"

  /// Parses a value; `nil` if it is none of these (SEG-57).
  init?(_ text: String) {
    if let range = Self.namedRanges[text] {
      self = .range(range.0, range.1)
    } else if let moment = Self.moment(text) {
      self = moment
    } else if let rest = Self.afterAnniversary(text) {
      if rest.isEmpty {
        self = .anniversary(.units(.day, 0))
      } else if let offset = DateOffset(rest) {
        self = .anniversary(offset)
      } else {
        return nil
      }
    } else if let offset = DateOffset(text) {
      self = .offset(offset)
    } else {
      return nil
    }
  }

  /// The phrases, matched in lower case only (SEG-51).
  private static let namedRanges: [String: (DatePeriod, Int)] = [
    "today": (.day, 0), "tomorrow": (.day, 1), "yesterday": (.day, -1),
    "this week": (.week, 0), "last week": (.week, -1), "next week": (.week, 1),
    "this month": (.month, 0), "last month": (.month, -1), "next month": (.month, 1),
    "this year": (.year, 0), "last year": (.year, -1), "next year": (.year, 1),
  ]

  /// Returns the text after a leading `birthday` or `anniversary`, if any.
  private static func afterAnniversary(_ text: String) -> String? {
    for word in ["birthday", "anniversary"] where text.hasPrefix(word) {
      let rest = text.dropFirst(word.count)
      guard rest.isEmpty || rest.first == " " else { return nil }
      return FilterList.trimmed(rest)
    }
    return nil
  }

  /// Parses `YYYY-MM-DD`, `YYYY-MM-DD HH:MM` or `YYYY-MM-DD HH:MM:SS` of an existing day.
  private static func moment(_ text: String) -> DatePhrase? {
    let bytes = Array(text.utf8)
    func digits(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[range] {
        guard byte >= 0x30, byte <= 0x39 else { return nil }
        value = value * 10 + Int(byte - 0x30)
      }
      return value
    }
    func has(_ byte: UInt8, at index: Int) -> Bool { index < bytes.count && bytes[index] == byte }
    guard [10, 16, 19].contains(bytes.count), let year = digits(0..<4), has(0x2D, at: 4),
      let month = digits(5..<7), has(0x2D, at: 7), let day = digits(8..<10),
      year >= 1, (1...12).contains(month), day >= 1
    else { return nil }
    let number = CivilDay.number(year, month, day)
    // A day past the end of its month comes back as another one.
    guard CivilDay.date(number) == (year, month, day) else { return nil }
    guard bytes.count > 10 else { return .moment(day: number, second: nil) }
    guard has(0x20, at: 10), let hour = digits(11..<13), hour < 24, has(0x3A, at: 13),
      let minute = digits(14..<16), minute < 60
    else { return nil }
    var second = hour * 3600 + minute * 60
    if bytes.count == 19 {
      guard has(0x3A, at: 16), let seconds = digits(17..<19), seconds < 60 else { return nil }
      second += seconds
    }
    return .moment(day: number, second: second)
  }

  /// The rhythm at which the value comes to mean another day.
  var rhythm: DateRhythm {
    switch self {
    case .moment: .never
    case .range(let period, _): period.rhythm
    case .offset(let offset), .anniversary(let offset): offset.rhythm
    }
  }
}
