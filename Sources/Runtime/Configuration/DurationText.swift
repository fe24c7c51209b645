import Primitives

/// Durations as people write them: `25`, `25s`, `500ms`, `1h30m`, `2d`, and ISO 8601's `PT1H30M`.
package enum DurationText {
  /// Reads a duration; a bare number is seconds.
  /// - Returns: nil where the text is not a duration, is negative, or is longer than a century.
  package static func parse(_ text: String) -> Duration? {
    var rest = Substring(text.trimmedBlanks.lowercased())
    if rest.first == "p" {
      rest = rest.dropFirst()
      guard let (days, clock) = splitISO(rest) else { return nil }
      return sum(days, units: ["d": 86_400, "w": 604_800], clock: clock)
    }
    guard !rest.isEmpty else { return nil }
    if let seconds = Double(rest) { return bounded(seconds) }
    return sum(rest, units: units, clock: nil)
  }

  private static let units: [String: Double] = [
    "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800,
  ]

  /// `1DT2H` → `1D` and `2H`; a `T` with nothing behind it is refused.
  private static func splitISO(_ text: Substring) -> (days: Substring, clock: Substring?)? {
    guard let t = text.firstIndex(of: "t") else { return text.isEmpty ? nil : (text, nil) }
    let clock = text[text.index(after: t)...]
    return clock.isEmpty ? nil : (text[..<t], clock)
  }

  private static func sum(
    _ text: Substring, units: [String: Double], clock: Substring?
  ) -> Duration? {
    var total = 0.0
    for (part, units) in [(text, units), (clock ?? "", ["s": 1, "m": 60, "h": 3600])] {
      var rest = part
      while !rest.isEmpty {
        let number = rest.prefix { $0.isNumber || $0 == "." }
        rest = rest.dropFirst(number.count)
        let unit = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(unit.count)
        while rest.first == " " { rest = rest.dropFirst() }
        guard let value = Double(number), let scale = units[String(unit)] else { return nil }
        total += value * scale
      }
    }
    return bounded(total)
  }

  private static func bounded(_ seconds: Double) -> Duration? {
    guard seconds.isFinite, seconds >= 0, seconds < 3_155_760_000 else { return nil }
    return .milliseconds(Int64(saturating: (seconds * 1000).rounded()))
  }
}

extension String {
  /// The text without blanks at either end.
  var trimmedBlanks: String {
    let blank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" }
    return String(drop(while: blank).reversed().drop(while: blank).reversed())
  }
}
