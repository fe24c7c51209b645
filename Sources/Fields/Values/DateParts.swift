import Primitives

/// The three parts of a date as they stand in a text, before it is known which is which.
struct DateParts {
  private typealias Number = (value: Int, digits: Int)

  private var numbers: [Number] = []
  /// The month, if it is written as a word.
  private var month: Int?
  /// Whether the month's name comes first.
  private var monthIsFirst = false
  private var separator: UInt8 = 0

  /// Reads `1.2.2024`, `2024-01-02`, `15 Jan 2024`, `15-Jan-24`, `January 15th, 2024`, `Mon, 15 Jan 2024`;
  /// `nil` if the text does not begin with a date.
  init?(_ scanner: inout ByteScanner) {
    if scanner.peekIsWord {
      var word = scanner.word()
      if MonthName.isWeekday(word), MonthName.number(word) == nil {
        scanner.skip { $0 == 0x2C || $0 == 0x2E || $0 == 0x20 }
        guard scanner.peekIsWord else {
          guard readNumbers(&scanner) else { return nil }
          return
        }
        word = scanner.word()
      }
      guard let number = MonthName.number(word) else { return nil }
      (month, monthIsFirst) = (number, true)
      guard readAfterMonth(&scanner) else { return nil }
      return
    }
    guard readNumbers(&scanner) else { return nil }
  }

  private mutating func readNumbers(_ scanner: inout ByteScanner) -> Bool {
    guard let first = scanner.number(upTo: 4) else { return false }
    numbers = [first]
    scanner.skipOrdinal()
    guard let separator = scanner.take(), Self.separators.contains(separator) else { return false }
    self.separator = separator
    scanner.skipBlanks()
    if scanner.peekIsWord {
      month = MonthName.number(scanner.word())
      guard month != nil else { return false }
      scanner.skip { $0 == 0x2E || $0 == 0x2C || $0 == 0x2D || $0 == 0x2F || $0 == 0x20 }
      guard let last = scanner.number(upTo: 4) else { return false }
      numbers.append(last)
      return true
    }
    guard let second = scanner.number(upTo: 2), scanner.take() == separator else { return false }
    if separator != 0x20 { scanner.skipBlanks() }
    guard let third = scanner.number(upTo: 4) else { return false }
    numbers += [second, third]
    // As Hungarian and Korean dates end.
    if separator == 0x2E, first.digits == 4, scanner.peek == 0x2E { _ = scanner.take() }
    return true
  }

  private mutating func readAfterMonth(_ scanner: inout ByteScanner) -> Bool {
    scanner.skip { $0 == 0x2E || $0 == 0x2D || $0 == 0x2F || $0 == 0x20 }
    guard let day = scanner.number(upTo: 2) else { return false }
    scanner.skipOrdinal()
    var hasSeparator = false
    while let next = scanner.peek, next == 0x2C || next == 0x20 || next == 0x2D || next == 0x2F {
      _ = scanner.take()
      hasSeparator = true
    }
    guard hasSeparator, let year = scanner.number(upTo: 4) else { return false }
    numbers = [day, year]
    return true
  }

  private static let separators = ASCIISet("-/. ")

  /// Whether all parts are zero.
  var isPlaceholder: Bool { month == nil && numbers.allSatisfy { $0.value == 0 } }

  /// Returns the dates that the parts may mean, some of which may not exist.
  func readings(_ order: DateOrder?) -> [DateText] {
    if let month {
      // The year is the part with four digits, else the last.
      let yearIsFirst = !monthIsFirst && numbers[0].digits == 4
      let (year, day) = yearIsFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0])
      return reading(year, month, day).map { [$0] } ?? []
    }
    return orders(order).compactMap { order in
      switch order {
      case .dayMonthYear: reading(numbers[2], numbers[1].value, numbers[0])
      case .monthDayYear: reading(numbers[2], numbers[0].value, numbers[1])
      case .yearMonthDay: reading(numbers[0], numbers[1].value, numbers[2])
      }
    }
  }

  /// The orders in which the parts may stand. A year of four digits shows its place, whatever is said; points
  /// are written between day, month and year.
  private func orders(_ said: DateOrder?) -> [DateOrder] {
    if numbers[0].digits == 4 { return [.yearMonthDay] }
    if let said, said != .yearMonthDay || numbers[2].digits != 4 { return [said] }
    if separator == 0x2E { return [.dayMonthYear] }
    let showsYear = numbers[2].digits == 4 || separator != 0x2D
    return [.dayMonthYear, .monthDayYear] + (showsYear ? [] : [.yearMonthDay])
  }

  private func reading(_ year: Number, _ month: Int, _ day: Number) -> DateText? {
    guard day.digits <= 2 else { return nil }
    switch year.digits {
    case 4: return DateText(year: year.value, month: month, day: day.value)
    case 2:
      // As PHP and POSIX read it.
      let century = year.value < 70 ? 2000 : 1900
      return DateText(year: century + year.value, month: month, day: day.value)
    default: return nil
    }
  }
}
