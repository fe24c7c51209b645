import Contacts
import Fields
import Foundation
import Primitives

/// Reads the members of a trigger in wire form and collects their problems (campaigns.md 14).
struct TriggerReader {
  let zone: TimeZone
  private(set) var problems: [String] = []

  init(zone: TimeZone) { self.zone = zone }

  /// Changes the given members of a trigger; null resets one to its default.
  mutating func read(_ members: [String: JSONValue], into trigger: inout Trigger) {
    if let value = members["triggerMode"] { trigger.mode = mode(value) ?? trigger.mode }
    if let value = members["triggerInterval"] {
      trigger.interval = number(value, "triggerInterval", 0...1_000_000, 0) ?? trigger.interval
    }
    if let value = members["triggerIntervalUnit"] {
      trigger.unit = unit(value, "triggerIntervalUnit") ?? trigger.unit
    }
    if let value = members["triggerHour"] { trigger.hour = time(value, "triggerHour") }
    if let value = members["triggerRestrictedStartHour"] {
      trigger.windowStart = time(value, "triggerRestrictedStartHour")
    }
    if let value = members["triggerRestrictedStopHour"] {
      trigger.windowStop = time(value, "triggerRestrictedStopHour")
    }
    if let value = members["triggerRestrictedDaysOfWeek"] { trigger.daysOfWeek = days(value) }
    if let value = members["triggerDate"] { trigger.date = date(value) }
    if let value = members["triggerContactField"] {
      trigger.contactField = text(value, "triggerContactField")
    }
    if let value = members["triggerOffset"] {
      trigger.offset = number(value, "triggerOffset", -1_000_000...1_000_000, 0) ?? trigger.offset
    }
    if let value = members["triggerOffsetUnit"] {
      trigger.offsetUnit = unit(value, "triggerOffsetUnit") ?? trigger.offsetUnit
    }
    if let value = members["triggerIfPast"], let text = value.text, !text.isEmpty {
      if let past = Trigger.Past(rawValue: text) {
        trigger.ifPast = past
      } else {
        problems.append("triggerIfPast: \(InvalidInput.shown(text)) is neither run nor skip")
      }
    }
    if trigger.mode == .date, trigger.date == nil {
      problems.append("triggerDate: is required for the mode date")
    }
    if trigger.mode == .contactDate, trigger.contactField == nil {
      problems.append("triggerContactField: is required for the mode contact_date")
    }
  }

  /// Returns a text; null and an empty one give nil.
  private mutating func text(_ value: JSONValue, _ member: String) -> String? {
    if let text = value.text {
      if text.contains("\0") { problems.append("\(member): not valid text") }
      return text.isEmpty ? nil : text
    }
    if value != .null, value != .array([]) { problems.append("\(member): must be a text") }
    return nil
  }

  private mutating func mode(_ value: JSONValue) -> Trigger.Mode? {
    guard let text = text(value, "triggerMode") else { return .immediate }
    if let mode = Trigger.Mode(rawValue: text) { return mode }
    // The values that decisions have in Mautic.
    if text == "na" || text == "optimized" { return .immediate }
    problems.append(
      "triggerMode: \(InvalidInput.shown(text)) is none of immediate, interval, date, contact_date")
    return nil
  }

  private mutating func number(
    _ value: JSONValue, _ member: String, _ range: ClosedRange<Int>, _ standard: Int
  ) -> Int? {
    if value == .null || value == .string("") || value == .array([]) { return standard }
    guard let number = value.int, range.contains(number) else {
      problems.append(
        """
        \(member): \(InvalidInput.shown(value.text ?? "…")) is no whole number from \
        \(range.lowerBound) to \(range.upperBound)
        """)
      return nil
    }
    return number
  }

  private mutating func unit(_ value: JSONValue, _ member: String) -> Trigger.Unit? {
    guard let text = text(value, member) else { return .day }
    if let unit = Trigger.Unit(rawValue: text.lowercased()) { return unit }
    problems.append("\(member): \(InvalidInput.shown(text)) is none of i, h, d, m, y")
    return nil
  }

  /// Returns a time of day, also from a whole date and time, as clients send back what they read.
  private mutating func time(_ value: JSONValue, _ member: String) -> TimeOfDay? {
    guard let text = text(value, member) else { return nil }
    if let time = TimeOfDay(text) { return time }
    if text.count > 8, let instant = InstantText.parse(text) {
      let minutes = Int(saturating: instant.timeIntervalSince1970 / 60) % 1440
      return TimeOfDay(minutes: (minutes + 1440) % 1440)
    }
    problems.append("\(member): \(InvalidInput.shown(text)) is no time of day HH:MM")
    return nil
  }

  private mutating func days(_ value: JSONValue) -> [Int] {
    let items: [JSONValue]
    switch value {
    case .array(let list): items = list
    case .null, .string(""): items = []
    default: items = [value]
    }
    var days: [Int] = []
    for item in items {
      guard let day = item.int, (-1...6).contains(day) else {
        problems.append(
          """
          triggerRestrictedDaysOfWeek: \(InvalidInput.shown(item.text ?? "…")) is no day from -1 \
          to 6
          """)
        continue
      }
      days.append(day)
    }
    return days
  }

  /// Returns an instant; without an offset it is in the default zone.
  private mutating func date(_ value: JSONValue) -> Date? {
    guard let text = text(value, "triggerDate") else { return nil }
    guard let instant = InstantText.parse(text) else {
      problems.append("triggerDate: \(InvalidInput.shown(text)) is no date")
      return nil
    }
    let time = text.dropFirst(10)
    let hasZone = time.contains("Z") || time.contains("+") || time.contains("-")
    guard !hasZone else { return instant }
    return FireZone(zone).instant(Int(saturating: instant.timeIntervalSince1970.rounded(.down)))
  }
}
