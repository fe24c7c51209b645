import Foundation

/// Dates by the tables of section 5, with Foundation's calendar.
struct ReferenceDates {
  let world: ModelWorld

  init(_ world: ModelWorld) { self.world = world }

  /// A day as a number that grows with time: 20261121.
  private typealias Day = Int

  private func calendar(_ zone: TimeZone) -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }

  private var utc: Calendar { calendar(.gmt) }

  /// Returns the components of a value's day; for instants in the zone in which days are compared.
  private func parts(_ own: ModelValue, isDay: Bool) -> DateComponents? {
    switch own {
    case .day(let text):
      let numbers = text.split(separator: "-").compactMap { Int($0) }
      return DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    case .instant(let date):
      return calendar(isDay ? world.timeZone : .gmt)
        .dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    default: return nil
    }
  }

  /// Returns the characters of a date (SEG-44).
  func text(_ own: ModelValue, isDay: Bool) -> String {
    guard let parts = parts(own, isDay: isDay) else { return "" }
    let day = String(
      format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    guard case .instant = own, !isDay else { return day }
    return day
      + String(format: " %02d:%02d:%02d", parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
  }

  /// Returns midnight of today, as a day without a zone.
  private func today(isDay: Bool) -> Date {
    let parts = calendar(isDay ? world.timeZone : .gmt)
      .dateComponents([.year, .month, .day], from: world.now)
    return utc.date(from: parts) ?? .distantPast
  }

  /// Returns the position of a value on the scale of ``today``: its day, or its second in UTC.
  private func position(_ own: ModelValue, isDay: Bool) -> Int? {
    guard var parts = parts(own, isDay: isDay) else { return nil }
    if isDay { (parts.hour, parts.minute, parts.second) = (0, 0, 0) }
    return utc.date(from: parts).map(seconds)
  }

  private func seconds(_ date: Date) -> Int { Int(date.timeIntervalSince1970.rounded(.down)) }

  /// Whether the filter's comparison holds.
  func holds(_ ask: Question, _ own: ModelValue?, isDay: Bool) -> Bool {
    if ask.word == "between" || ask.word == "!between" {
      guard let own, let position = position(own, isDay: isDay) else {
        return ask.word == "!between"
      }
      guard case .array(let ends) = ask.value,
        let lower = range(ends[0].text ?? "", isDay: isDay, wholeDay: false),
        let upper = range(ends[1].text ?? "", isDay: isDay, wholeDay: false)
      else { return false }
      return (position >= lower.0 && position < upper.1) == (ask.word == "between")
    }
    let text = ask.value.text ?? ""
    for word in ["birthday", "anniversary"] where text.hasPrefix(word) {
      guard let own, let parts = parts(own, isDay: isDay) else { return false }
      let rest = text.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
      let target = offset(rest.isEmpty ? "+0 days" : rest, isDay: isDay)
      let wanted = utc.dateComponents([.month, .day], from: target ?? .distantPast)
      return parts.month == wanted.month && parts.day == wanted.day
    }
    guard let own, let position = position(own, isDay: isDay) else { return ask.word == "!=" }
    let equals = ask.word == "=" || ask.word == "!="
    if text.isEmpty { return ask.word == "!=" }
    guard let (start, end) = range(text, isDay: isDay, wholeDay: equals) else { return false }
    switch ask.word {
    case "=": return position >= start && position < end
    case "!=": return position < start || position >= end
    case "gt": return position >= end
    case "gte": return position >= start
    case "lt": return position < start
    case "lte": return position < end
    default: return false
    }
  }

  /// Returns the first second of a value, and the one after its last.
  private func range(_ text: String, isDay: Bool, wholeDay: Bool) -> (Int, Int)? {
    let now = today(isDay: isDay)
    func period(_ unit: Calendar.Component, _ count: Int) -> (Int, Int) {
      var start = now
      if unit == .weekOfYear {
        // Back to Monday (SEG-50); Sunday is 1.
        let weekday = utc.component(.weekday, from: now)
        start = utc.date(byAdding: .day, value: -((weekday + 5) % 7), to: now) ?? now
      } else if unit != .day {
        let wanted: Set<Calendar.Component> = unit == .month ? [.year, .month] : [.year]
        start = utc.date(from: utc.dateComponents(wanted, from: now)) ?? now
      }
      let first = utc.date(byAdding: unit, value: count, to: start) ?? start
      let next = utc.date(byAdding: unit, value: count + 1, to: start) ?? start
      return (seconds(first), seconds(next))
    }
    let units: [String: Calendar.Component] = [
      "week": .weekOfYear, "month": .month, "year": .year,
    ]
    switch text {
    case "today": return period(.day, 0)
    case "tomorrow": return period(.day, 1)
    case "yesterday": return period(.day, -1)
    default: break
    }
    let words = text.split(separator: " ").map(String.init)
    if words.count == 2, let unit = units[words[1]],
      let count = ["last": -1, "this": 0, "next": 1][words[0]]
    {
      return period(unit, count)
    }
    if let day = offset(text, isDay: isDay) {
      return (seconds(day), seconds(day) + (isDay || wholeDay ? 86_400 : 1))
    }
    let numbers = text.split { "- :".contains($0) }.compactMap { Int($0) }
    guard numbers.count >= 3 else { return nil }
    var parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
    if !isDay, numbers.count > 3 {
      parts.hour = numbers[3]
      parts.minute = numbers[4]
      parts.second = numbers.count > 5 ? numbers[5] : 0
    }
    return utc.date(from: parts).map { (seconds($0), seconds($0) + (isDay ? 86_400 : 1)) }
  }

  /// Returns a day relative to today (section 5.3).
  private func offset(_ text: String, isDay: Bool) -> Date? {
    let now = today(isDay: isDay)
    let words = text.split(separator: " ").map(String.init)
    var parts = utc.dateComponents([.year, .month, .day], from: now)
    if words.count == 5, words[1] == "day", words[2] == "of" {
      if let count = ["previous": -1, "this": 0, "next": 1][words[3]], words[4] == "month" {
        parts.month = (parts.month ?? 0) + count
      } else {
        let names = ["january": 1, "february": 2, "june": 6, "december": 12]
        parts.month = names[words[3].lowercased()]
        parts.year = Int(words[4])
      }
      parts.day = 1
      // Day 0 of the next month is the last day of this one.
      if words[0] == "last" {
        parts.month = (parts.month ?? 0) + 1
        parts.day = 0
      }
      return utc.date(from: parts)
    }
    guard words.count == 2 || (words.count == 3 && words[2] == "ago"), var count = Int(words[0])
    else { return nil }
    if words.count == 3 { count = -count }
    // The calendar carries days beyond the end of a month forward (SEG-53).
    switch words[1] {
    case "day", "days": parts.day = (parts.day ?? 0) + count
    case "week", "weeks": parts.day = (parts.day ?? 0) + 7 * count
    case "month", "months": parts.month = (parts.month ?? 0) + count
    case "year", "years": parts.year = (parts.year ?? 0) + count
    default: return nil
    }
    return utc.date(from: parts)
  }
}
