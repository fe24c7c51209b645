import Foundation
import TestSupport
import Testing

@testable import Campaigns

@Suite("Fire times of events")
struct FireTimeTests {
  private static func trigger(
    _ interval: Int = 0, _ unit: Trigger.Unit = .day, hour: String? = nil,
    window: (String, String)? = nil, days: [Int] = []
  ) -> Trigger {
    var trigger = Trigger.after(interval, unit)
    trigger.hour = hour.flatMap { TimeOfDay($0) }
    trigger.windowStart = window.flatMap { TimeOfDay($0.0) }
    trigger.windowStop = window.flatMap { TimeOfDay($0.1) }
    trigger.daysOfWeek = days
    return trigger
  }

  private func fire(
    _ trigger: Trigger, base: String, zone: String = "UTC"
  ) throws -> String? {
    let base = try Date.ISO8601FormatStyle().parse(base)
    let zone = try #require(TimeZone(identifier: zone))
    return FireTime(trigger: trigger, zone: FireZone(zone)).planned(base: base)?
      .formatted(.iso8601)
  }

  @Test(
    "CAM-203, CAM-204, CAM-205, CAM-206, CAM-207, CAM-208, CAM-209, CAM-210: the worked examples")
  func examples() throws {
    let morning = ("08:00", "10:00")
    let cases: [(base: String, trigger: Trigger, zone: String, expected: String)] = [
      (
        "2026-11-26T17:00:00Z", Self.trigger(1, hour: "09:00"), "UTC", "2026-11-28T09:00:00Z"
      ),
      // The clock skips the last hour of Saturday there: Sunday is not allowed, Monday is.
      (
        "2026-03-28T01:49:00Z", Self.trigger(days: [1, 2, 6]), "America/Nuuk",
        "2026-03-30T01:49:00Z"
      ),
      ("2026-11-27T08:00:00Z", Self.trigger(hour: "09:00"), "UTC", "2026-11-27T09:00:00Z"),
      ("2026-11-27T09:00:00Z", Self.trigger(hour: "09:00"), "UTC", "2026-11-27T09:00:00Z"),
      ("2018-10-19T10:00:00Z", Self.trigger(window: morning), "UTC", "2018-10-20T08:00:00Z"),
      (
        "2018-10-19T10:00:00Z", Self.trigger(window: ("10:00", "08:00")), "UTC",
        "2018-10-20T08:00:00Z"
      ),
      (
        "2018-10-20T12:00:00Z", Self.trigger(window: morning, days: [5, 6]), "UTC",
        "2018-10-26T08:00:00Z"
      ),
      ("2018-10-21T08:00:00Z", Self.trigger(days: [3, 5]), "UTC", "2018-10-24T08:00:00Z"),
      (
        "2018-10-19T09:00:00Z", Self.trigger(window: morning), "America/New_York",
        "2018-10-19T12:00:00Z"
      ),
      ("2027-03-27T09:00:00Z", Self.trigger(1), "Europe/Berlin", "2027-03-28T08:00:00Z"),
      ("2027-03-27T09:00:00Z", Self.trigger(24, .hour), "Europe/Berlin", "2027-03-28T09:00:00Z"),
      (
        "2027-03-28T00:10:00Z", Self.trigger(hour: "02:30"), "Europe/Berlin", "2027-03-28T01:30:00Z"
      ),
      (
        "2027-10-30T12:00:00Z", Self.trigger(hour: "02:30"), "Europe/Berlin", "2027-10-31T00:30:00Z"
      ),
      // CAM-206: seconds are dropped.
      ("2026-11-27T09:00:15Z", Self.trigger(hour: "09:00"), "UTC", "2026-11-27T09:00:15Z"),
      // CAM-204: the last day of a shorter month.
      ("2027-01-31T10:00:00Z", Self.trigger(1, .month), "UTC", "2027-02-28T10:00:00Z"),
      ("2028-02-29T10:00:00Z", Self.trigger(1, .year), "UTC", "2029-02-28T10:00:00Z"),
      // CAM-208: a window with one end, or without length, is ignored. CAM-209: the hour takes precedence.
      (
        "2026-11-27T11:00:00Z", Self.trigger(window: ("09:00", "09:00")), "UTC",
        "2026-11-27T11:00:00Z"
      ),
      (
        "2026-11-27T08:30:00Z", Self.trigger(hour: "12:00", window: morning), "UTC",
        "2026-11-27T12:00:00Z"
      ),
      // CAM-210: −1 is Monday to Friday; all seven days are no restriction.
      ("2026-11-28T08:30:00Z", Self.trigger(days: [-1]), "UTC", "2026-11-30T08:30:00Z"),
      ("2026-11-28T08:30:00Z", Self.trigger(days: [-1, 6]), "UTC", "2026-11-28T08:30:00Z"),
      ("2026-11-28T08:30:00Z", Self.trigger(days: Array(0...6)), "UTC", "2026-11-28T08:30:00Z"),
      // The weekday is local to the contact: Friday evening in New York is Saturday in UTC.
      ("2026-11-28T03:00:00Z", Self.trigger(days: [5]), "America/New_York", "2026-11-28T03:00:00Z"),
    ]
    for (base, trigger, zone, expected) in cases {
      #expect(try fire(trigger, base: base, zone: zone) == expected, "\(base) \(trigger) \(zone)")
    }
  }

  @Test(
    "CAM-207: inside the window unchanged, before it its start, from its stop on tomorrow's")
  func window() throws {
    let trigger = Self.trigger(window: ("08:00", "10:00"))
    for (base, expected) in [
      ("2018-10-19T07:59:59Z", "2018-10-19T08:00:00Z"),
      ("2018-10-19T08:00:00Z", "2018-10-19T08:00:00Z"),
      ("2018-10-19T09:59:59Z", "2018-10-19T09:59:59Z"),
      ("2018-10-19T10:00:00Z", "2018-10-20T08:00:00Z"),
      ("2018-10-19T23:00:00Z", "2018-10-20T08:00:00Z"),
    ] {
      #expect(try fire(trigger, base: base) == expected, "\(base)")
    }
  }

  @Test("CAM-202, CAM-211, CAM-212: at once, or at a date, whatever the hour, window and days")
  func unrestricted() throws {
    var immediate = Self.trigger(hour: "09:00", window: ("08:00", "10:00"), days: [1])
    immediate.mode = .immediate
    var dated = immediate
    dated.mode = .date
    // A Friday evening.
    let base = "2018-10-19T20:15:30Z"
    #expect(try fire(immediate, base: base) == base)
    for (date, expected) in [
      ("2018-10-21T23:59:59Z", "2018-10-21T23:59:59Z"), ("2018-10-19T20:15:29Z", base),
      // An overdue date runs at once, however old it is.
      ("1999-12-31T00:00:00Z", base),
    ] {
      dated.date = try Date.ISO8601FormatStyle().parse(date)
      #expect(try fire(dated, base: base) == expected, "\(date)")
    }
  }

  @Test("1: the effective zone is the contact's if it is known, else the default")
  func effectiveZone() throws {
    var zones = FireZones(standard: try #require(TimeZone(identifier: "America/New_York")))
    let base = try Date.ISO8601FormatStyle().parse("2018-10-19T09:00:00Z")
    for (name, expected) in [
      ("Nowhere/Bad", "2018-10-19T12:00:00Z"), (nil, "2018-10-19T12:00:00Z"),
      ("Europe/Berlin", "2018-10-20T06:00:00Z"),
    ] as [(String?, String)] {
      let fire = FireTime(
        trigger: Self.trigger(window: ("08:00", "10:00")), zone: zones.zone(name))
      #expect(fire.planned(base: base)?.formatted(.iso8601) == expected)
    }
  }

  static let seed: UInt64 =
    TestVariable.number("MARTLET_TEST_SEED")
    ?? UInt64.random(in: 0..<1_000_000_000)
  static let cases =
    TestVariable.number("MARTLET_TEST_STEPS") ?? 4_000

  @Test(
    "CAM-202 to CAM-216, CAM-218: as a naive calculation, in 30 zones, around clock changes"
  )
  func agrees() throws {
    print("fire times: seed \(Self.seed)")
    var random = RandomTimes(SeededGenerator(seed: Self.seed))
    for number in 0..<Self.cases {
      let zone = random.zone()
      let base = random.instant(zone)
      let trigger = random.trigger(about: base)
      let value = random.value(about: base)
      let fire = FireTime(trigger: trigger, zone: FireZone(zone))
      let naive = NaiveFireTime(trigger: trigger, zone: zone)
      let isUsed = random.generator.once(in: 4)
      let text: Comment =
        "seed \(Self.seed), case \(number): \(zone.identifier) \(base.formatted(.iso8601)) \(trigger) \(value) \(isUsed)"
      let planned = fire.planned(base: base, delayUsed: isUsed, value: value.dense)
      #expect(
        Self.isSame(planned, naive.planned(base: base, delayUsed: isUsed, value: value.naive)), text
      )
      #expect(
        Self.isSame(
          fire.deadline(base: base, value: value.dense),
          naive.deadline(base: base, value: value.naive)), text)
      guard let planned else { continue }
      // CAM-213: never before its base.
      #expect(planned >= base, text)
      // CAM-214: checked again at its time, it is due, however often.
      #expect(fire.late(planned, now: planned) == planned, text)
      let now = planned.addingTimeInterval(Double(random.generator.next() % 400_000))
      let late = fire.late(planned, now: now)
      #expect(Self.isSame(late, naive.late(planned, now: now)), text)
      #expect(late >= now, text)
      // An entry that was put back is due when its time comes (CAM-215, CAM-216).
      #expect(fire.late(late, now: late) == late, text)
    }
  }

  private static func isSame(_ left: Date?, _ right: Date?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return abs(left.timeIntervalSince(right)) < 0.000_01
  }
}

/// Triggers, zones and instants at the boundaries of rules.
struct RandomTimes {
  var generator: SeededGenerator

  init(_ generator: SeededGenerator) { self.generator = generator }

  static let zones = [
    "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "Atlantic/Azores", "America/New_York",
    "America/St_Johns", "America/Sao_Paulo", "America/Caracas", "America/Santiago", "Asia/Kolkata",
    "Asia/Kathmandu", "Asia/Tehran", "Asia/Beirut", "Asia/Gaza", "Asia/Tokyo", "Africa/Cairo",
    "Africa/Casablanca", "Africa/Johannesburg", "Australia/Lord_Howe", "Australia/Sydney",
    "Australia/Eucla", "Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Marquesas",
    "Pacific/Pago_Pago", "Antarctica/Troll", "America/Havana", "Asia/Pyongyang", "America/Godthab",
  ].compactMap { TimeZone(identifier: $0) }

  mutating func zone() -> TimeZone { generator.pick(Self.zones) }

  /// Usually within two days of a clock change in the zone.
  mutating func instant(_ zone: TimeZone) -> Date {
    let any = Date(timeIntervalSince1970: 1_577_836_800 + Double(generator.next() % 315_000_000))
    let fraction = generator.once(in: 3) ? Double(generator.next() % 1000) / 1000 : 0
    guard !generator.once(in: 4), let shift = zone.nextDaylightSavingTimeTransition(after: any)
    else { return any.addingTimeInterval(fraction) }
    let away = Double(generator.next() % 345_600) - 172_800
    return shift.addingTimeInterval((away / 60).rounded() * 60 + fraction)
  }

  mutating func time() -> TimeOfDay? {
    // Often in the small hours, when clocks change.
    let minutes =
      generator.once(in: 2) ? Int(generator.next() % 16) * 15 : Int(generator.next() % 1440)
    return TimeOfDay(minutes: minutes)
  }

  mutating func trigger(about base: Date) -> Trigger {
    switch generator.next() % 10 {
    case 0: return Trigger()
    case 1:
      var trigger = Trigger(.date)
      trigger.date = base.addingTimeInterval(Double(generator.next() % 600_000) - 300_000)
      return trigger
    case 2, 3:
      var trigger = Trigger(.contactDate)
      trigger.contactField = "due"
      trigger.offset = Int(generator.next() % 9) - 4
      trigger.offsetUnit = generator.pick(Trigger.Unit.allCases)
      trigger.hour = generator.once(in: 2) ? time() : nil
      trigger.ifPast = generator.once(in: 2) ? .run : .skip
      return trigger
    default:
      var trigger = Trigger.after(
        generator.once(in: 3) ? 0 : Int(generator.next() % 40),
        generator.pick(Trigger.Unit.allCases))
      if generator.once(in: 3) { trigger.hour = time() }
      if generator.once(in: 2) { (trigger.windowStart, trigger.windowStop) = (time(), time()) }
      if generator.once(in: 3) {
        trigger.daysOfWeek = generator.some(Array(-1...6))
      }
      return trigger
    }
  }

  /// A date of a contact, in both forms.
  struct Value: CustomStringConvertible {
    var dense: FireTime.ContactDate?
    var naive: NaiveFireTime.Value?
    var description: String { "\(String(describing: naive))" }
  }

  mutating func value(about base: Date) -> Value {
    let near = base.addingTimeInterval(Double(generator.next() % 900_000) - 450_000)
    switch generator.next() % 5 {
    case 0: return Value()
    case 1, 2:
      let day = Int((near.timeIntervalSince1970 / 86_400).rounded(.down))
      return Value(
        dense: .day(day), naive: .day(Date(timeIntervalSince1970: Double(day) * 86_400)))
    default:
      let instant = Date(timeIntervalSince1970: near.timeIntervalSince1970.rounded())
      return Value(dense: .instant(instant), naive: .instant(instant))
    }
  }
}
