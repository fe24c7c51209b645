import Fields
import Foundation
import Primitives
import TestSupport
import Testing

@testable import Segments

@Suite("When the calendar alone can change matches (SEG-77), and the days of zones")
struct NextChangeTests {
  private static let fields = FieldSet(
    version: 1,
    fields: [
      Field(id: 1, alias: "birth", type: .date, dateAdded: .distantPast),
      Field(id: 2, alias: "seen", type: .datetime, dateAdded: .distantPast),
    ])

  private func next(
    _ field: String, _ value: JSONValue, zone: String = "Europe/Berlin", now: String,
    word: String = "="
  ) throws -> String? {
    let compiler = SegmentCompiler(
      registry: .contacts, fields: Self.fields,
      timeZone: try #require(TimeZone(identifier: zone)),
      now: try Date.ISO8601FormatStyle().parse(now), segments: [:])
    let filters = try SegmentFilters(json: [having(field, word, value)])
    return try compiler.compile(filters, references: .stored).nextChange
      .map { $0.formatted(Date.ISO8601FormatStyle()) }
  }

  /// Ranges change with their period, offsets daily, absolute dates never; each at a midnight of its
  /// zone.
  @Test func changesAtTheNextMidnight() throws {
    let now = "2026-11-21T23:30:00Z"
    // In Berlin it is half past midnight of Sunday, the 22nd.
    #expect(try next("birth", "today", now: now) == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "this week", now: now) == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "last month", now: now) == "2026-11-30T23:00:00Z")
    #expect(try next("birth", "next year", now: now) == "2026-12-31T23:00:00Z")
    #expect(try next("birth", "-7 days", now: now) == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "+1 month", now: now) == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "first day of next month", now: now) == "2026-11-30T23:00:00Z")
    #expect(try next("birth", "last day of june 2027", now: now) == nil)
    #expect(try next("birth", "2026-11-22", now: now) == nil)
    #expect(try next("birth", "birthday", now: now) == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "today", now: now, word: "like") == nil)
    #expect(try next("birth", .null, now: now, word: "empty") == nil)
    // Instants use UTC, where it is still Saturday.
    #expect(try next("seen", "today", now: now) == "2026-11-22T00:00:00Z")
    #expect(try next("seen", "this week", now: now) == "2026-11-23T00:00:00Z")
    #expect(
      try next("birth", ["2026-01-01", "this month"], now: now, word: "between")
        == "2026-11-30T23:00:00Z")
  }

  /// Exactly at midnight it is the new day, and the next change is a day away.
  @Test func changesOnceAtMidnight() throws {
    #expect(try next("birth", "today", now: "2026-11-21T23:00:00Z") == "2026-11-22T23:00:00Z")
    #expect(try next("birth", "today", now: "2026-11-21T22:59:59Z") == "2026-11-21T23:00:00Z")
  }

  /// Days of 23 and 25 hours.
  @Test func followsChangesOfTheClocks() throws {
    #expect(try next("birth", "today", now: "2026-03-28T23:00:00Z") == "2026-03-29T22:00:00Z")
    #expect(try next("birth", "today", now: "2026-10-24T22:00:00Z") == "2026-10-25T23:00:00Z")
    // Where the clock jumps from midnight to one, the day begins with the jump.
    #expect(
      try next("birth", "today", zone: "America/Sao_Paulo", now: "2018-11-03T12:00:00Z")
        == "2018-11-04T03:00:00Z")
    // Where it falls back from one minute past midnight, the day has begun and continues.
    #expect(
      try next("birth", "today", zone: "America/St_Johns", now: "2006-10-29T02:45:00Z")
        == "2006-10-30T03:30:00Z")
  }

  /// The earliest of all filters counts.
  @Test func takesTheEarliest() throws {
    let compiler = SegmentCompiler(
      registry: .contacts, fields: Self.fields, timeZone: .gmt,
      now: try Date.ISO8601FormatStyle().parse("2026-11-21T23:30:00Z"), segments: [:])
    let filters = try SegmentFilters(json: [
      having("birth", "=", "this year"), having("seen", "gt", "this week"),
      or("birth", "=", "this month"),
    ])
    let compiled = try compiler.compile(filters, references: .stored)
    #expect(compiled.nextChange == (try Date.ISO8601FormatStyle().parse("2026-11-23T00:00:00Z")))
    #expect(compiled.reads == [.column("birth"), .column("seen")])
  }

  /// In every zone and at every instant, today has begun and tomorrow has not.
  @Test func agreesWithItselfInEveryZone() {
    let seed = FilterPropertyTests.seed
    print("zones: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<4_000 {
      let name = generator.pick(TimeZone.knownTimeZoneIdentifiers)
      guard let zone = TimeZone(identifier: name) else { continue }
      var now = Date(timeIntervalSince1970: Double(generator.next() % 2_200_000_000))
      // Near a clock change, if there is one.
      if generator.once(in: 2), let change = zone.nextDaylightSavingTimeTransition(after: now) {
        now = change + Double(Int(generator.next() % 200_000) - 100_000)
      }
      let calendar = LocalCalendar(zone: zone, now: now)
      #expect(calendar.start(of: calendar.today) <= now, "seed \(seed): \(name), \(now)")
      #expect(calendar.start(of: calendar.today + 1) > now, "seed \(seed): \(name), \(now)")
      // The local day, except in minutes that a clock shows twice.
      let wall = Int(
        ((now.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: now))) / 86_400)
          .rounded(.down))
      #expect(abs(calendar.today - wall) <= 1, "seed \(seed): \(name), \(now)")
    }
  }
}
