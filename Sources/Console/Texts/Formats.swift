import Foundation

/// Numbers and times as a user reads them: in the own language and time zone (CSL-6).
struct Formats: Sendable {
  let language: Language
  let zone: TimeZone

  /// - Parameter zone: The name of the user's time zone; UTC for none and for one that is unknown.
  init(_ language: Language, zone: String?) {
    self.language = language
    self.zone = zone.flatMap(TimeZone.init(identifier:)) ?? .gmt
  }

  /// A whole number with groups of three: `12,345`.
  func number(_ number: Int) -> String { Self.number(number, language) }

  static func number(_ number: Int, _ language: Language) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0, (digits.count - place) % 3 == 0 { text += language == .german ? "." : "," }
      text.append(digit)
    }
    return (number < 0 ? "−" : "") + text
  }

  /// A number with at most some digits after the mark.
  func number(_ number: Double, digits: Int) -> String {
    guard number.isFinite else { return "–" }
    let text = String(format: "%.\(digits)f", locale: nil, number.magnitude)
    let parts = text.split(separator: ".")
    let whole = Int(parts[0]).map(self.number) ?? String(parts[0])
    let rest = parts.count > 1 ? String(parts[1]) : ""
    let mark = language == .german ? "," : "."
    return (number < 0 ? "−" : "") + whole + (rest.allSatisfy { $0 == "0" } ? "" : mark + rest)
  }

  /// A share of a whole in per cent: `12.5 %`; a dash where there is no whole.
  func percent(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "–" }
    return number(Double(part) / Double(whole) * 100, digits: 1) + " %"
  }

  /// A number of bytes: `1.5 MB`.
  func bytes(_ count: Int) -> String {
    var (value, unit) = (Double(count), 0)
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(number(value, digits: unit == 0 ? 0 : 1)) \(units[unit])"
  }

  /// A span of time in its two largest units: `2 h 5 min`.
  func duration(seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e15 else { return "–" }
    let total = Int(max(0, seconds))
    if total < 1 { return "\(Int(max(0, seconds) * 1000)) ms" }
    let units = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    let first = units.firstIndex { total >= $0.0 } ?? 3
    let large = "\(number(total / units[first].0)) \(units[first].1)"
    guard first < 3 else { return large }
    let small = total % units[first].0 / units[first + 1].0
    return small == 0 ? large : "\(large) \(small) \(units[first + 1].1)"
  }

  /// A day and a time: `3 Dec 2026, 08:40`.
  func moment(_ date: Date) -> String {
    let parts = civil(date)
    return "\(day(parts)), \(Self.two(parts.hour)):\(Self.two(parts.minute))"
  }

  /// A day: `3 Dec 2026`.
  func day(_ date: Date) -> String { day(civil(date)) }

  /// A time of the contract (`2026-12-03T08:40:00+00:00`), or a day, as ``moment(_:)`` or ``day(_:)`` writes it; as it is
  /// where it is neither.
  func moment(_ text: String) -> String {
    if text.utf8.count == 10, let date = Self.date(text + "T00:00:00Z") {
      return Formats(language, zone: nil).day(date)
    }
    return Self.date(text).map(moment) ?? text
  }

  /// A time of the contract; nil for another text.
  static func date(_ text: String) -> Date? {
    let spaced = text.utf8.count == 19 ? text.replacing(" ", with: "T") + "Z" : text
    return (try? Date(spaced, strategy: .iso8601))
      ?? (try? Date(
        spaced, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
  }

  /// A time as fields of forms of the kind `datetime-local` have it, in the user's zone.
  func input(_ date: Date) -> String {
    let parts = civil(date)
    return
      "\(parts.year)-\(Self.two(parts.month))-\(Self.two(parts.day))T\(Self.two(parts.hour)):\(Self.two(parts.minute))"
  }

  private typealias Civil = (year: Int, month: Int, day: Int, hour: Int, minute: Int)

  private func civil(_ date: Date) -> Civil {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
    return (
      parts.year ?? 0, parts.month ?? 1, parts.day ?? 1, parts.hour ?? 0, parts.minute ?? 0
    )
  }

  private func day(_ parts: Civil) -> String {
    let month = (Self.months[language] ?? [])[parts.month - 1]
    return language == .german
      ? "\(parts.day). \(month) \(parts.year)" : "\(parts.day) \(month) \(parts.year)"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

  private static let months: [Language: [String]] = [
    .english: [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ],
    .german: [
      "Jan.", "Feb.", "März", "Apr.", "Mai", "Juni", "Juli", "Aug.", "Sept.", "Okt.", "Nov.",
      "Dez.",
    ],
  ]
}
