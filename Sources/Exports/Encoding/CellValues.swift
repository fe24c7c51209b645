import CXlsxWriter

/// Dates as Excel cells.
enum CellDate {
  /// Parses `YYYY-MM-DD`, with or without a time; nil for dates outside Excel's calendar, which
  /// begins in 1900.
  static func parse(_ text: [UInt8]) -> lxw_datetime? {
    guard text.count == 10 || text.count == 19, text[4] == 0x2D, text[7] == 0x2D,
      let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
      year >= 1900, month >= 1, month <= 12, day >= 1, day <= 31
    else { return nil }
    var date = lxw_datetime(year: year, month: month, day: day, hour: 0, min: 0, sec: 0)
    if text.count == 19 {
      guard let hour = number(text, 11, 2), let minute = number(text, 14, 2),
        let second = number(text, 17, 2), hour < 24, minute < 60, second < 60
      else { return nil }
      date.hour = hour
      date.min = minute
      date.sec = Double(second)
    }
    return date
  }

  private static func number(_ text: [UInt8], _ start: Int, _ count: Int) -> Int32? {
    var number: Int32 = 0
    for byte in text[start..<(start + count)] {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      number = number * 10 + Int32(byte - 0x30)
    }
    return number
  }
}

/// Texts as Excel cells.
enum CellText {
  /// Cuts a text after a number of UTF-16 units, as Excel counts, and replaces the two characters
  /// that XML cannot contain.
  /// - Returns: Whether the text was cut.
  static func prepare(_ text: inout [UInt8], limit: Int) -> Bool {
    if text.contains(0xEF) { replaceNonCharacters(&text) }
    guard text.count > limit else { return false }
    var units = 0
    for (index, byte) in text.enumerated() where byte & 0xC0 != 0x80 {
      // Four bytes in UTF-8 are two units in UTF-16.
      let size = byte >= 0xF0 ? 2 : 1
      if units + size > limit {
        text.removeSubrange(index...)
        return true
      }
      units += size
    }
    return false
  }

  /// Replaces U+FFFE and U+FFFF by U+FFFD.
  private static func replaceNonCharacters(_ text: inout [UInt8]) {
    for index in text.indices.dropLast(2)
    where text[index] == 0xEF && text[index + 1] == 0xBF && text[index + 2] >= 0xBE {
      text[index + 2] = 0xBD
    }
  }
}
