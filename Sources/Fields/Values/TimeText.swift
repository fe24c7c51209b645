import Primitives

/// Times of day: `HH:MM[:SS[.fraction]]`, or with `am` or `pm` after it, then also without minutes. Fractions of
/// seconds are dropped.
enum TimeText {
  /// Parses a time and appends `HH:MM:SS`.
  static func parse(_ text: ValueBytes, into output: inout [UInt8]) throws(FieldProblem) {
    var scanner = ByteScanner(text)
    guard let seconds = seconds(&scanner), scanner.peek == nil else { throw .notATime }
    append(seconds, to: &output)
  }

  /// Parses a time as seconds since midnight; `nil` if no time follows.
  static func seconds(_ scanner: inout ByteScanner) -> Int? {
    guard let hour = scanner.number(upTo: 2) else { return nil }
    var total = 0
    let hasMinutes = scanner.peek == 0x3A
    if hasMinutes {
      guard let minutes = minutes(&scanner) else { return nil }
      total = minutes
    }
    if let isAfternoon = halfOfDay(&scanner) {
      guard (1...12).contains(hour.value) else { return nil }
      return (hour.value % 12 + (isAfternoon ? 12 : 0)) * 3600 + total
    }
    guard hasMinutes, hour.value < 24 else { return nil }
    return hour.value * 3600 + total
  }

  /// Parses `:MM[:SS[.fraction]]`.
  private static func minutes(_ scanner: inout ByteScanner) -> Int? {
    _ = scanner.take()
    guard let minute = scanner.number(upTo: 2), minute.digits == 2, minute.value < 60 else {
      return nil
    }
    guard scanner.peek == 0x3A else { return minute.value * 60 }
    _ = scanner.take()
    guard let second = scanner.number(upTo: 2), second.digits == 2, second.value < 60 else {
      return nil
    }
    if scanner.peek == 0x2E {
      _ = scanner.take()
      guard let next = scanner.peek, next.isDigit else { return nil }
      while let next = scanner.peek, next.isDigit { _ = scanner.take() }
    }
    return minute.value * 60 + second.value
  }

  /// Consumes `am`, `a.m.`, `pm` or `p.m.` in any case; `nil`, and nothing consumed, for anything else.
  private static func halfOfDay(_ scanner: inout ByteScanner) -> Bool? {
    var ahead = scanner
    ahead.skipBlanks()
    guard let first = ahead.take()?.lowered, first == 0x61 || first == 0x70 else { return nil }
    let hasDots = ahead.peek == 0x2E
    if hasDots { _ = ahead.take() }
    guard ahead.take()?.lowered == 0x6D else { return nil }
    if hasDots {
      guard ahead.take() == 0x2E else { return nil }
    } else if let next = ahead.peek, next.isLetter {
      return nil
    }
    scanner = ahead
    return first == 0x70
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
