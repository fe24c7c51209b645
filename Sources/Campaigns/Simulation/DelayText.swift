import Foundation

/// A duration as people write it: `3 days`, `90m`, `2h`, `P1DT12H`.
struct DelayText: Sendable, Equatable {
  /// Steps of the calendar and elapsed time, in this order.
  private(set) var steps: [(count: Int, unit: Trigger.Unit)] = []
  /// Further elapsed seconds.
  private(set) var seconds = 0

  static func == (left: DelayText, right: DelayText) -> Bool {
    left.seconds == right.seconds
      && left.steps.elementsEqual(right.steps) { $0.count == $1.count && $0.unit == $1.unit }
  }

  /// Parses a text; nil if it is not a delay.
  init?(_ text: String) {
    let text = text.trimmingCharacters(in: .whitespaces).lowercased()
    guard !text.isEmpty, text.count <= 64 else { return nil }
    let isISO = text.hasPrefix("p")
    var rest = isISO ? text.dropFirst() : text[...]
    var isTime = false
    while !rest.isEmpty {
      if isISO, rest.first == "t" {
        isTime = true
        rest = rest.dropFirst()
        continue
      }
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard let count = Int(digits), count <= 1_000_000 else { return nil }
      rest = rest.dropFirst(digits.count).drop { $0 == " " }
      let word = rest.prefix { $0.isLetter && (!isISO || $0 != "t") }
      let unit = isISO ? word.prefix(1) : word
      rest = rest.dropFirst(unit.count).drop { $0 == " " }
      guard add(count, String(unit), isISO, isTime) else { return nil }
    }
    guard !steps.isEmpty || seconds > 0 || text.contains("0") else { return nil }
  }

  private mutating func add(_ count: Int, _ unit: String, _ isISO: Bool, _ isTime: Bool) -> Bool {
    switch unit {
    case "y", "year", "years": steps.append((count, .year))
    case "m" where isISO && !isTime, "month", "months", "mo": steps.append((count, .month))
    case "w", "week", "weeks": steps.append((count * 7, .day))
    case "d", "day", "days": steps.append((count, .day))
    case "h", "hour", "hours": seconds += count * 3600
    case "m", "i", "min", "minute", "minutes": seconds += count * 60
    case "s", "second", "seconds": seconds += count
    default: return false
    }
    return true
  }

  /// Returns the instant that much later, in a zone.
  func added(to instant: Date, _ zone: FireZone) -> Date {
    let time = FireTime(trigger: Trigger(), zone: zone)
    return steps.reduce(instant) { time.add($1.count, $1.unit, to: $0) }
      .addingTimeInterval(Double(seconds))
  }
}
