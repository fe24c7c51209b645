import Foundation

@testable import Campaigns

/// Fire times by the text of campaigns.md 5: with the system's calendar, day by day, by trial. Slow, and
/// without code shared with ``FireTime``.
struct NaiveFireTime {
  var trigger: Trigger
  var zone: TimeZone

  /// A date of the contact: a day (its midnight, as if in UTC), or an instant.
  enum Value {
    case day(Date)
    case instant(Date)
  }

  private static let days: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  /// Returns the local time of an instant, written as an instant in UTC.
  func wall(_ instant: Date) -> Date {
    instant.addingTimeInterval(Double(zone.secondsFromGMT(for: instant)))
  }

  /// Returns the instants of a local time; for a skipped one, the one after the gap (CAM-205).
  func instants(_ wall: Date) -> [Date] {
    var shifts: Set<Int> = []
    for hours in -30...30 {
      shifts.insert(zone.secondsFromGMT(for: wall.addingTimeInterval(Double(hours) * 3600)))
    }
    let candidates = shifts.map { wall.addingTimeInterval(-Double($0)) }.sorted()
    let shown = candidates.filter { self.wall($0) == wall }
    if !shown.isEmpty { return shown }
    return candidates.filter { self.wall($0) > wall }.prefix(1).map(\.self)
  }

  private func first(_ wall: Date) -> Date { instants(wall).first ?? wall }

  private func midnight(_ wall: Date) -> Date { Self.days.startOfDay(for: wall) }

  private func stepped(_ wall: Date, _ count: Int, _ unit: Trigger.Unit) -> Date {
    let component: Calendar.Component = unit == .day ? .day : unit == .month ? .month : .year
    let fraction = wall.timeIntervalSince1970.truncatingRemainder(dividingBy: 1)
    let whole = wall.addingTimeInterval(-fraction)
    return (Self.days.date(byAdding: component, value: count, to: whole) ?? whole)
      .addingTimeInterval(fraction)
  }

  /// CAM-204.
  func add(_ count: Int, _ unit: Trigger.Unit, to instant: Date) -> Date {
    switch unit {
    case .minute: instant.addingTimeInterval(Double(count) * 60)
    case .hour: instant.addingTimeInterval(Double(count) * 3600)
    default: count == 0 ? instant : first(stepped(wall(instant), count, unit))
    }
  }

  // MARK: Restrictions

  private var window: (start: Int, stop: Int)? {
    guard trigger.hour == nil, let a = trigger.windowStart?.minutes,
      let b = trigger.windowStop?.minutes, a != b
    else { return nil }
    return (min(a, b), max(a, b))
  }

  private var isRestricted: Bool {
    trigger.mode == .interval
      && (trigger.hour != nil || window != nil || !trigger.daysOfWeek.isEmpty)
  }

  private func atHour(_ minutes: Int, _ instant: Date) -> Date {
    let shown = wall(instant)
    if Int(shown.timeIntervalSince(midnight(shown))) / 60 == minutes { return instant }
    for day in 0...3 {
      let moment = stepped(midnight(shown), day, .day).addingTimeInterval(Double(minutes) * 60)
      if let found = instants(moment).first(where: { $0 >= instant }) { return found }
    }
    return instant
  }

  private func inWindow(_ instant: Date) -> Date {
    guard let (start, stop) = window else { return instant }
    let shown = wall(instant)
    let time = shown.timeIntervalSince(midnight(shown))
    if time >= Double(start) * 60, time < Double(stop) * 60 { return instant }
    let day = time < Double(start) * 60 ? midnight(shown) : stepped(midnight(shown), 1, .day)
    let moments = instants(day.addingTimeInterval(Double(start) * 60))
    return moments.first { $0 >= instant } ?? instant
  }

  private func onDay(_ instant: Date) -> Date {
    var allowed = Set(trigger.daysOfWeek.filter { $0 >= 0 })
    if trigger.daysOfWeek.contains(-1) { allowed.formUnion([1, 2, 3, 4, 5]) }
    guard !allowed.isEmpty else { return instant }
    let shown = wall(instant)
    for step in 0...6 {
      let day = stepped(shown, step, .day)
      guard allowed.contains(Self.days.component(.weekday, from: day) - 1) else { continue }
      return step == 0 ? instant : first(day)
    }
    return instant
  }

  func restricted(_ instant: Date) -> Date {
    guard isRestricted else { return instant }
    if let hour = trigger.hour { return onDay(atHour(hour.minutes, instant)) }
    var result = instant
    while true {
      let next = onDay(inWindow(result))
      if next == result { return result }
      result = next
    }
  }

  // MARK: Fire times

  func planned(base: Date, delayUsed: Bool = false, value: Value? = nil) -> Date? {
    switch trigger.mode {
    case .immediate: return base
    case .interval:
      return restricted(delayUsed ? base : add(trigger.interval, trigger.unit, to: base))
    case .date: return trigger.date.map { $0 > base ? $0 : base }
    case .contactDate:
      guard let value else { return nil }
      let date = shifted(value)
      if date >= base { return date }
      return delayUsed || trigger.ifPast == .run ? base : nil
    }
  }

  private func shifted(_ value: Value) -> Date {
    switch value {
    case .instant(let instant): return add(trigger.offset, trigger.offsetUnit, to: instant)
    case .day(let day):
      let time = Double(trigger.hour?.minutes ?? 0) * 60
      switch trigger.offsetUnit {
      case .minute, .hour:
        return add(trigger.offset, trigger.offsetUnit, to: first(day.addingTimeInterval(time)))
      default:
        return first(stepped(day, trigger.offset, trigger.offsetUnit).addingTimeInterval(time))
      }
    }
  }

  /// CAM-411: without restrictions.
  func deadline(base: Date, value: Value? = nil) -> Date? {
    guard trigger.mode == .interval else { return planned(base: base, value: value) }
    return add(trigger.interval, trigger.unit, to: base)
  }

  /// CAM-215, CAM-216.
  func late(_ due: Date, now: Date) -> Date {
    if !isRestricted { return now }
    if trigger.hour != nil, now.timeIntervalSince(due) <= 3600 { return now }
    return restricted(now)
  }
}
