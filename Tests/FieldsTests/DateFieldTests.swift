import Fields
import Foundation
import Testing

@Suite struct DateFieldTests {
  @Test(
    "IMP-31: date formats",
    arguments: [
      ("2024-02-29", "2024-02-29"), ("2024-2-9", "2024-02-09"), ("2024/02/09", "2024-02-09"),
      ("31.12.1999", "31.12.1999 is 1999-12-31"), ("1.2.2024", "2024-02-01"),
      ("25/12/2024", "2024-12-25"), ("12/25/2024", "2024-12-25"), ("05/05/2024", "2024-05-05"),
      ("2024-03-01 23:59", "2024-03-01"), ("2024-03-01T23:59:59Z", "2024-03-01"),
      ("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"), ("1/15/24", "2024-01-15"),
      ("01.01.99", "1999-01-01"), ("1.2.24", "2024-02-01"), ("15-01-2024", "2024-01-15"),
      ("15 Jan 2024", "2024-01-15"), ("Jan 15, 2024", "2024-01-15"), ("15-Jan-24", "2024-01-15"),
      ("January 15th, 2024", "2024-01-15"), ("15. Januar 2024", "2024-01-15"),
      ("15 févr. 2024", "2024-02-15"), ("Mon, 15 Jan 2024 10:00:00 +0000", "2024-01-15"),
      ("2024.01.15", "2024-01-15"), ("2024. 01. 15.", "2024-01-15"), ("01.01.69", "2069-01-01"),
      ("01.01.70", "1970-01-01"), ("15-01-99", "1999-01-15"), ("5/5/24", "2024-05-05"),
      ("Sept 3 2024", "2024-09-03"), ("2024-01-15 10:00:00 UTC", "2024-01-15"),
    ])
  func readsDates(text: String, expected: String) throws {
    #expect(try canonical(text, makeField(.date)) == String(expected.suffix(10)))
  }

  @Test(arguments: [
    "2026-02-30", "2023-02-29", "1900-02-29", "2024-13-01", "2024-00-10", "2024-01-00",
    "0000-01-01",
    "tomorrow", "20240101", "2024-01", "1.2.4", "2024-01-01x", "Jan 2024", "32 Jan 2024",
    "15 Foo 2024", "2024-01-01 25:00",
    "2024-01-01 10:60", "2024-01-01 10:00:60", "2024-01-01 10", "2024-01/01",
    "2024-01-01 13:00 pm", "2024-01-01 10:00 XYZ", "2024-01-01T10:00+25:00", "2024-01-01 10:00:00.",
    "32/01/2024", "13/13/2024",
  ])
  func refusesInvalidDates(text: String) {
    for type in [FieldType.date, .datetime] {
      #expect(throws: FieldProblem.notADate) { try canonical(text, makeField(type)) }
    }
  }

  @Test(arguments: ["01/02/2024", "12/11/2024 10:00", "1-2-2024", "1/2/24", "24-01-15", "1 2 2024"])
  func refusesToGuess(text: String) {
    #expect(throws: FieldProblem.ambiguousDate) { try canonical(text, makeField(.date)) }
  }

  @Test(
    "CON-29: zeros are not a date",
    arguments: [
      "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "0000-00-00T00:00:00Z", "0.0.00", "0/0/00",
      "0.0.0", "00-00-00", "0", "0/0/0000 12:00:00 AM", "00.00.0000",
    ])
  func readsZerosAsNoValue(text: String) throws {
    #expect(try canonical(text, makeField(.date)) == nil)
    #expect(try canonical(text, makeField(.datetime)) == nil)
  }

  @Test(
    "IMP-31: the order of day and month, where it is said",
    arguments: [
      ("1/2/2024", DateOrder.dayMonthYear, "2024-02-01"), ("1/2/2024", .monthDayYear, "2024-01-02"),
      ("01-02-24", .yearMonthDay, "2001-02-24"), ("1.2.2024", .monthDayYear, "2024-01-02"),
      ("1/2/24", .dayMonthYear, "2024-02-01"), ("24/1/2", .yearMonthDay, "2024-01-02"),
      ("2024-02-01", .dayMonthYear, "2024-02-01"), ("2024/02/01", .monthDayYear, "2024-02-01"),
      ("15/1/2024", .yearMonthDay, "2024-01-15"), ("15 Jan 2024", .monthDayYear, "2024-01-15"),
      ("15/1/2024", .monthDayYear, nil), ("1/15/2024", .dayMonthYear, nil),
    ] as [(String, DateOrder, String?)])
  func readsInOrder(text: String, order: DateOrder, expected: String?) throws {
    let parser = FieldParser(
      type: .date, policy: .cleaning, style: ValueStyle(dateOrder: order))
    if let expected {
      #expect(try parser.canonical(text) == expected)
    } else {
      #expect(throws: FieldProblem.notADate) { try parser.canonical(text) }
    }
  }

  @Test(arguments: [
    ("01/15/2024 10:30 AM", "2024-01-15 10:30:00+00"),
    ("1/15/24 12:05 am", "2024-01-15 00:05:00+00"),
    ("15.01.2024, 13:30", "2024-01-15 13:30:00+00"),
    ("Jan 15, 2024 3 p.m.", "2024-01-15 15:00:00+00"),
    ("2024-01-15 10:00:00 EST", "2024-01-15 15:00:00+00"),
    ("2024-01-15 10:00:00 GMT+0200", "2024-01-15 08:00:00+00"),
    ("2024-01-15 10:00:00 -0500", "2024-01-15 15:00:00+00"),
    ("2024-03-01", "2024-03-01 00:00:00+00"), ("2024-03-01 13:45:00", "2024-03-01 13:45:00+00"),
    ("2024-03-01 9:05", "2024-03-01 09:05:00+00"),
    ("2024-03-01T13:45:30.987Z", "2024-03-01 13:45:30+00"),
    ("2024-03-01T00:30:00+02:00", "2024-02-29 22:30:00+00"),
    ("2024-03-01T23:30:00-0130", "2024-03-02 01:00:00+00"),
    ("2024-12-31 23:30 -01", "2025-01-01 00:30:00+00"),
    ("0001-01-01 00:00:00", "0001-01-01 00:00:00+00"),
  ])
  func readsInstants(text: String, expected: String) throws {
    #expect(try canonical(text, makeField(.datetime)) == expected)
  }

  @Test func refusesInstantsBeyondTheCalendar() {
    #expect(throws: FieldProblem.notADate) {
      try canonical("9999-12-31T23:30:00-01:00", makeField(.datetime))
    }
  }

  /// Times without a zone are in the default zone; across a change of clocks the earlier reading counts.
  @Test(arguments: [
    ("2024-01-15 12:00", "2024-01-15 11:00:00+00"), ("2024-07-15 12:00", "2024-07-15 10:00:00+00"),
    ("2024-03-31 02:30", "2024-03-31 01:30:00+00"), ("2024-03-31 01:59", "2024-03-31 00:59:00+00"),
    ("2024-03-31 03:00", "2024-03-31 01:00:00+00"), ("2024-10-27 02:30", "2024-10-27 00:30:00+00"),
    ("2024-10-27 03:00", "2024-10-27 02:00:00+00"), ("2024-01-15T12:00Z", "2024-01-15 12:00:00+00"),
  ])
  func readsLocalTimes(text: String, expected: String) throws {
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    #expect(try canonical(text, makeField(.datetime), timeZone: berlin) == expected)
  }

  @Test(arguments: [
    ("3:10 pm", "15:10:00"), ("3:10PM", "15:10:00"), ("12:00 a.m.", "00:00:00"),
    ("3 pm", "15:00:00"),
    ("9:05", "09:05:00"), ("23:59:59", "23:59:59"), ("00:00", "00:00:00"),
  ])
  func readsTimes(text: String, expected: String) throws {
    #expect(try canonical(text, makeField(.time)) == expected)
  }

  @Test(arguments: [
    "24:00", "9", "9:5", "10:60", "10:00:60", "noon", "10:00Z", "-1:00", "13 pm", "0 am", "3 px",
  ])
  func refusesInvalidTimes(text: String) {
    #expect(throws: FieldProblem.notATime) { try canonical(text, makeField(.time)) }
  }

  @Test func showsValuesAsTheWireFormatDoes() throws {
    let instant = try FieldParser(field: makeField(.datetime), policy: .strict)
      .parse("2024-03-01T13:45:30+02:00")
    #expect(instant == .instant(Date(timeIntervalSince1970: 1_709_293_530)))
    #expect(instant?.text == "2024-03-01 11:45:30")
    #expect(FieldValue.time("09:05:00").text == "09:05")
    #expect(FieldValue.time("09:05:07").text == "09:05:07")
    #expect(FieldValue.number(3).text == "3")
    #expect(FieldValue.number(0.1).text == "0.1")
    #expect(FieldValue.options(["a", "b"]).text == "a|b")
    #expect(FieldValue.boolean(true).text == "1")
  }

  /// Every day of eight centuries, against Foundation's calendar.
  @Test func agreesWithTheCalendar() throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.calendar = Calendar(identifier: .gregorian)
    formatter.dateFormat = "yyyy-MM-dd"
    let parser = FieldParser(type: .datetime, policy: .strict)
    for day in stride(from: -100_000, to: 200_000, by: 37) {
      let date = Date(timeIntervalSince1970: Double(day) * 86_400)
      #expect(try parser.parse(formatter.string(from: date)) == .instant(date))
    }
  }
}
