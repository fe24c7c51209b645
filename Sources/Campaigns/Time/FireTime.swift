import Fields
import Foundation
import Primitives

/// A zone in which fire times are computed.
struct FireZone: Sendable {
  private let zone: TimeZone
  private let offset: ZoneOffset

  init(_ zone: TimeZone) {
    self.zone = zone
    offset = ZoneOffset(zone)
  }

  /// Returns an instant on the zone's clock: whole seconds since 1970 as the clock shows them, and the fraction.
  func local(_ instant: Date) -> (seconds: Int, fraction: Double) {
    let whole = instant.timeIntervalSince1970.rounded(.down)
    let shift = offset.isUTC ? 0 : zone.secondsFromGMT(for: instant)
    return (Int(whole) + shift, instant.timeIntervalSince1970 - whole)
  }

  /// Returns the instant of a local time (CAM-205): a skipped one moves on by the gap, for a repeated one
  /// the first is used.
  func instant(_ seconds: Int, _ fraction: Double = 0) -> Date {
    Date(timeIntervalSince1970: Double(seconds - offset.secondsFromUTC(local: seconds)) + fraction)
  }

  /// Returns the instant of a local time that is not before another: a repeated time may give the second one
  /// (CAM-206). Nil if all are before.
  func instant(_ seconds: Int, notBefore earliest: Date) -> Date? {
    let first = instant(seconds)
    if first >= earliest { return first }
    // The second one has the offset of a day later.
    let shift = zone.secondsFromGMT(for: first.addingTimeInterval(86_400))
    let second = Date(timeIntervalSince1970: Double(seconds - shift))
    return second >= earliest && local(second).seconds == seconds ? second : nil
  }
}

/// The fire times of events (campaigns.md 5). Everything relative is computed from the given instants, so one
/// pass uses the same instant throughout (CAM-219).
struct FireTime: Sendable {
  let trigger: Trigger
  let zone: FireZone

  /// A date of the contact, as its field holds it.
  enum ContactDate: Sendable, Equatable {
    /// A day, counted from 1970-01-01.
    case day(Int)
    case instant(Date)
  }

  /// Returns the fire time.
  ///
  /// - Parameters:
  ///   - base: The start of the delay (CAM-201).
  ///   - delayUsed: Whether the delay has passed as a decision's waiting period: only the restrictions count
  ///     then (CAM-413).
  ///   - value: The contact's date, for mode `contact_date`.
  /// - Returns: An instant never before the base; nil without a date.
  func planned(base: Date, delayUsed: Bool = false, value: ContactDate? = nil) -> Date? {
    switch trigger.mode {
    case .immediate: return base
    case .interval:
      let start = delayUsed ? base : add(trigger.interval, trigger.unit, to: base)
      return trigger.isRestricted ? restricted(start) : start
    case .date: return trigger.date.map { max($0, base) }
    case .contactDate:
      guard let value else { return nil }
      let date = shifted(value)
      // The date has passed because it was waited for.
      if delayUsed { return max(date, base) }
      if date >= base { return date }
      return trigger.ifPast == .run ? base : nil
    }
  }

  /// Returns the time until which a decision waits for this event (CAM-411), without restrictions.
  func deadline(base: Date, value: ContactDate? = nil) -> Date? {
    trigger.mode == .interval
      ? add(trigger.interval, trigger.unit, to: base) : planned(base: base, value: value)
  }

  /// Returns the new time of an entry that is picked up at `now` and was due at `due` (CAM-215, CAM-216):
  /// `now` itself if it may run.
  func late(_ due: Date, now: Date) -> Date {
    guard trigger.isRestricted else { return now }
    if trigger.hour != nil, now.timeIntervalSince(due) <= 3600 { return now }
    return restricted(now)
  }

  // MARK: Steps

  /// Adds units to an instant (CAM-204).
  func add(_ count: Int, _ unit: Trigger.Unit, to instant: Date) -> Date {
    if count == 0 { return instant }
    if let seconds = unit.seconds {
      return instant.addingTimeInterval(Double(count) * Double(seconds))
    }
    let (seconds, fraction) = zone.local(instant)
    let (day, time) = Self.split(seconds)
    return zone.instant(Self.step(day, count, unit) * 86_400 + time, fraction)
  }

  private func shifted(_ value: ContactDate) -> Date {
    switch value {
    case .instant(let instant): return add(trigger.offset, trigger.offsetUnit, to: instant)
    case .day(let day):
      let time = trigger.hour?.seconds ?? 0
      if trigger.offsetUnit.seconds != nil {
        return add(trigger.offset, trigger.offsetUnit, to: zone.instant(day * 86_400 + time))
      }
      return zone.instant(Self.step(day, trigger.offset, trigger.offsetUnit) * 86_400 + time)
    }
  }

  /// Applies hour or window, then weekdays (CAM-206 to CAM-210).
  private func restricted(_ instant: Date) -> Date {
    if let hour = trigger.hour {
      let time = Self.split(zone.local(instant).seconds).time
      return onAllowedDay(time / 60 == hour.minutes ? instant : upcoming(hour, instant))
    }
    var result = instant
    // When the clock is set forward, the time may be pushed out of the window or past midnight: then the
    // next day counts.
    for _ in 0..<8 {
      let next = onAllowedDay(inWindow(result))
      if next == result { break }
      result = next
    }
    return result
  }

  /// Returns the start of the window on this day or the next; a time inside stays (CAM-207).
  private func inWindow(_ instant: Date) -> Date {
    guard let (start, stop) = trigger.window else { return instant }
    let (day, time) = Self.split(zone.local(instant).seconds)
    if (start.seconds..<stop.seconds).contains(time) { return instant }
    if time < start.seconds { return upcoming(start, instant) }
    return zone.instant((day + 1) * 86_400 + start.seconds)
  }

  /// Returns the same time on the first allowed day of the week (CAM-210).
  private func onAllowedDay(_ instant: Date) -> Date {
    guard let days = trigger.allowedDays else { return instant }
    let (seconds, fraction) = zone.local(instant)
    let (day, time) = Self.split(seconds)
    let next = (day...(day + 6)).first { days.contains(Self.weekday($0)) } ?? day
    return next == day ? instant : zone.instant(next * 86_400 + time, fraction)
  }

  /// Returns the time of day on this day or the next, never before `instant`.
  private func upcoming(_ time: TimeOfDay, _ instant: Date) -> Date {
    let day = Self.split(zone.local(instant).seconds).day
    return zone.instant(day * 86_400 + time.seconds, notBefore: instant)
      ?? zone.instant((day + 1) * 86_400 + time.seconds)
  }

  // MARK: Days

  private static func split(_ seconds: Int) -> (day: Int, time: Int) {
    let day = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    return (day, seconds - day * 86_400)
  }

  /// Returns the weekday, 0 Sunday to 6 Saturday; day 0 was a Thursday.
  private static func weekday(_ day: Int) -> Int { ((day + 4) % 7 + 7) % 7 }

  /// Steps by days, months or years; a missing day becomes the last one of its month (CAM-204).
  private static func step(_ day: Int, _ count: Int, _ unit: Trigger.Unit) -> Int {
    if unit == .day { return day + count }
    let date = CivilDay.date(day)
    let months = date.year * 12 + date.month - 1 + (unit == .year ? 12 * count : count)
    let year = (months >= 0 ? months : months - 11) / 12
    let month = months - year * 12 + 1
    let first = CivilDay.number(year, month, 1)
    let next = month == 12 ? CivilDay.number(year + 1, 1, 1) : CivilDay.number(year, month + 1, 1)
    return first + min(date.day, next - first) - 1
  }
}

/// The effective zones of contacts: their own if known, else the default.
struct FireZones: Sendable {
  let standard: FireZone
  private var known: [String: FireZone] = [:]

  init(standard: TimeZone) { self.standard = FireZone(standard) }

  /// Returns the effective zone of a contact with this value in its field.
  mutating func zone(_ name: String?) -> FireZone {
    guard let name else { return standard }
    if let zone = known[name] { return zone }
    let canonical = ValueList.timeZones.canonical(name)
    let zone = canonical.flatMap(TimeZone.init(identifier:)).map(FireZone.init) ?? standard
    known[name] = zone
    return zone
  }
}
