import Primitives

/// Zones after a time: `Z`, `UTC`, `GMT`, abbreviations of standards, and distances `±HH`, `±HHMM`, `±HH:MM`,
/// also after `UTC` or `GMT`.
enum ZoneText {
  /// Parses a zone as its offset from UTC in seconds; `nil` if no zone follows.
  static func offset(_ scanner: inout ByteScanner) -> Int? {
    guard let first = scanner.peek else { return nil }
    guard first.isLetter else { return distance(&scanner) }
    let word = scanner.word().string.uppercased()
    guard let hours = hours[word] else { return nil }
    let isBase = hours == 0 && word.count > 1
    if isBase, scanner.peek == 0x2B || scanner.peek == 0x2D { return distance(&scanner) }
    return hours * 3600
  }

  /// The abbreviations of RFC 2822, and those of Europe.
  private static let hours: [String: Int] = [
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2,
    "EET": 2, "EEST": 3,
  ]

  private static func distance(_ scanner: inout ByteScanner) -> Int? {
    guard let sign = scanner.take(), sign == 0x2B || sign == 0x2D,
      let hours = scanner.number(upTo: 2), hours.digits == 2
    else { return nil }
    var distance = hours.value * 3600
    if scanner.peek == 0x3A || scanner.peek?.isDigit == true {
      if scanner.peek == 0x3A { _ = scanner.take() }
      guard let minutes = scanner.number(upTo: 2), minutes.digits == 2, minutes.value < 60 else {
        return nil
      }
      distance += minutes.value * 60
    }
    guard distance <= 15 * 3600 + 59 * 60 else { return nil }
    return sign == 0x2D ? -distance : distance
  }
}
