import Foundation
import Primitives
import Testing

@testable import Segments

/// Dates (segments.md 5). The instant is Saturday, 21 November 2026, 10:28:51 in UTC.
@Suite struct DateFilterTests {
  private static func at(_ texts: String...) -> [(String, ModelContact)] {
    texts.map { ($0, day($0)) }
  }

  private static func day(_ text: String) -> ModelContact {
    if text == "never" { return .with() }
    let date = instant(text.count > 10 ? text : text + " 12:00:00")
    return .with([
      "c_date": .day(String(text.prefix(10))), "c_datetime": .instant(date),
      "date_identified": .instant(date),
    ])
  }

  private static func instant(_ text: String) -> Date {
    let parts = text.split { "- :.".contains($0) }.compactMap { Double($0) }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let day = calendar.date(
      from: DateComponents(year: Int(parts[0]), month: Int(parts[1]), day: Int(parts[2])))
    return (day ?? .distantPast) + parts[3] * 3600 + parts[4] * 60 + parts[5]
      + (parts.count > 6 ? parts[6] / 10 : 0)
  }

  @Test("SEG-20, SEG-24: null is missing, and negations include it")
  func knowsMissingDates() async throws {
    try await Playground.with(Self.at("never", "2026-11-20", "2026-11-21")) { (play) async throws in
      for field in ["c_date", "c_datetime"] {
        #expect(try await play.who(having(field, "empty")) == ["never"])
        #expect(try await play.who(having(field, "!empty")) == ["2026-11-20", "2026-11-21"])
        #expect(try await play.who(having(field, "!=", "today")) == ["never", "2026-11-20"])
        #expect(
          try await play.who(having(field, "!between", ["2026-11-20", "2026-11-20 23:00"]))
            == ["never", "2026-11-21"])
      }
    }
  }

  @Test(
    "SEG-40, SEG-41: today begins at midnight of UTC for instants, of the default zone for days")
  func beginsDaysInTheirZone() async throws {
    // In Auckland it is the 22nd already.
    try await Playground.with(
      Self.at("2026-11-20 23:59:59", "2026-11-21 00:00:00", "2026-11-22 00:00:00"),
      zone: "Pacific/Auckland", now: "2026-11-21T12:00:00Z"
    ) { (play) async throws in
      #expect(try await play.who(having("c_datetime", "=", "today")) == ["2026-11-21 00:00:00"])
      #expect(try await play.who(having("c_date", "=", "today")) == ["2026-11-22 00:00:00"])
    }
  }

  @Test("SEG-42: days on a column of instants are days of the default zone")
  func comparesInstantsAsDays() async throws {
    try await Playground.with(
      Self.at("2026-11-20 10:59:59", "2026-11-20 11:00:00", "2026-11-21 10:59:59"),
      zone: "Pacific/Auckland", now: "2026-11-21T12:00:00Z"
    ) { (play) async throws in
      let yesterday = ["2026-11-20 11:00:00", "2026-11-21 10:59:59"]
      for value: JSONValue in ["yesterday", "2026-11-21", "-1 day"] {
        #expect(
          try await play.who(having("date_identified", "=", value, type: "date")) == yesterday)
        #expect(try await play.who(having("c_datetime", "=", value, type: "date")) == yesterday)
      }
      #expect(
        try await play.who(having("c_datetime", "startsWith", "2026-11-21", type: "date"))
          == yesterday)
      #expect(
        try await play.who(having("date_identified", "=", "2026-11-20 11:00", type: "datetime"))
          == ["2026-11-20 11:00:00"])
    }
  }

  @Test("SEG-43: absolute values, to the second; a bare date on an instant is its midnight")
  func readsAbsoluteDates() async throws {
    try await Playground.with(
      Self.at("2026-11-20 00:00:00", "2026-11-20 00:00:00.5", "2026-11-20 08:30:15", "2026-11-21")
    ) { (play) async throws in
      let midnight = ["2026-11-20 00:00:00", "2026-11-20 00:00:00.5"]
      #expect(try await play.who(having("c_datetime", "=", "2026-11-20")) == midnight)
      #expect(try await play.who(having("c_datetime", "lte", "2026-11-20 00:00")) == midnight)
      #expect(
        try await play.who(having("c_datetime", "=", "2026-11-20 08:30:15"))
          == ["2026-11-20 08:30:15"])
      #expect(
        try await play.who(having("c_datetime", "gt", "2026-11-20 08:30:15")) == ["2026-11-21"])
      #expect(try await play.who(having("c_date", "=", "2026-11-20 08:30")).count == 3)
    }
  }

  @Test("SEG-44: patterns match the text of the date")
  func matchesPatternsOnDates() async throws {
    try await Playground.with(Self.at("2020-11-05", "2020-12-01", "2021-01-01", "never")) {
      (play) async throws in
      #expect(try await play.who(having("c_date", "startsWith", "2020-11")) == ["2020-11-05"])
      #expect(try await play.who(having("c_date", "endsWith", "01-01")) == ["2021-01-01"])
      #expect(
        try await play.who(having("c_datetime", "like", "%-01 12:00:00")) == [
          "2020-12-01", "2021-01-01",
        ])
      #expect(try await play.who(having("c_date", "!like", "2020")) == ["2021-01-01", "never"])
      #expect(try await play.who(having("c_date", "!regexp", "^2020")) == ["2021-01-01"])
      #expect(try play.problems(having("c_date", "contains", "not a date")) == [])
    }
  }

  @Test(
    "SEG-50 and the tables of 5.2: weeks begin on Monday, `gt` and `lte` mean the end of the range")
  func comparesWithRanges() async throws {
    try await Playground.with(
      Self.at("2026-11-15", "2026-11-16", "2026-11-22", "2026-11-23", "never")
    ) { (play) async throws in
      for field in ["c_date", "c_datetime"] {
        let inside = ["2026-11-16", "2026-11-22"]
        #expect(try await play.who(having(field, "=", "this week")) == inside)
        #expect(
          try await play.who(having(field, "!=", "this week"))
            == ["2026-11-15", "2026-11-23", "never"])
        #expect(try await play.who(having(field, "gt", "this week")) == ["2026-11-23"])
        #expect(try await play.who(having(field, "gte", "this week")) == inside + ["2026-11-23"])
        #expect(try await play.who(having(field, "lt", "this week")) == ["2026-11-15"])
        #expect(try await play.who(having(field, "lte", "this week")) == ["2026-11-15"] + inside)
        #expect(try await play.who(having(field, "=", "last week")) == ["2026-11-15"])
        #expect(try await play.who(having(field, "=", "next month")) == [])
        #expect(try await play.who(having(field, "=", "this year")).count == 4)
      }
    }
  }

  @Test("SEG-52 and the table of 5.3: an offset means a day for `=`, its midnight elsewhere")
  func comparesWithOffsets() async throws {
    try await Playground.with(
      Self.at("2026-11-19", "2026-11-20 00:00:00", "2026-11-20 08:00:00", "2026-11-21", "never")
    ) { (play) async throws in
      for value: JSONValue in ["-1 day", "1 day ago", "-1 days"] {
        let day = ["2026-11-20 00:00:00", "2026-11-20 08:00:00"]
        #expect(try await play.who(having("c_datetime", "=", value)) == day)
        #expect(
          try await play.who(having("c_datetime", "gt", value))
            == ["2026-11-20 08:00:00", "2026-11-21"])
        #expect(
          try await play.who(having("c_datetime", "lte", value))
            == ["2026-11-19", "2026-11-20 00:00:00"])
        #expect(try await play.who(having("c_date", "gt", value)) == ["2026-11-21"])
        #expect(try await play.who(having("c_date", "lte", value)) == ["2026-11-19"] + day)
        #expect(
          try await play.who(having("c_date", "!=", value)) == [
            "2026-11-19", "2026-11-21", "never",
          ])
      }
    }
  }

  @Test("SEG-53: offsets in all their forms; a day that does not exist is carried forward")
  func readsOffsets() {
    let january31 = CivilDay.number(2026, 1, 31)
    func day(_ text: String) -> String? {
      guard case .offset(let offset)? = DatePhrase(text) else { return nil }
      let civil = CivilDay.date(offset.day(today: january31))
      return "\(civil.year)-\(civil.month)-\(civil.day)"
    }
    #expect(day("+1 month") == "2026-3-3")
    #expect(day("3 weeks") == "2026-2-21")
    #expect(day("2 years ago") == "2024-1-31")
    #expect(day("+ 1 day") == "2026-2-1")
    #expect(day("first day of previous month") == "2025-12-1")
    #expect(day("last day of next month") == "2026-2-28")
    #expect(day("last day of February 2028") == "2028-2-29")
    #expect(day("first day of this month") == "2026-1-1")
    #expect(day("-1 month") == "2025-12-31")
    for text in [
      "+1 fortnight", "-1 day ago", "+ day", "1 day 1 week", "first day of", "+1day", "",
    ] {
      #expect(DatePhrase(text) == nil, "\(text)")
    }
  }

  @Test("SEG-54, SEG-55: month and day of any year, whatever the operator")
  func matchesAnniversaries() async throws {
    try await Playground.with(
      Self.at("1990-11-21", "2026-11-21", "1990-11-14", "1990-12-21", "never")
    ) { (play) async throws in
      for field in ["c_date", "c_datetime"] {
        for word in ["=", "!=", "gt", "lte"] {
          #expect(
            try await play.who(having(field, word, "birthday")) == ["1990-11-21", "2026-11-21"])
        }
        #expect(try await play.who(having(field, "=", "birthday -7 days")) == ["1990-11-14"])
        #expect(try await play.who(having(field, "=", "anniversary +1 month")) == ["1990-12-21"])
      }
    }
  }

  @Test("SEG-56: 29 February matches only itself")
  func keepsLeapDays() async throws {
    for (now, found): (String, [String]) in [
      ("2026-02-28T12:00:00Z", ["2000-02-28"]), ("2026-03-01T12:00:00Z", ["2000-03-01"]),
      ("2028-02-29T12:00:00Z", ["2000-02-29"]),
    ] {
      try await Playground.with(Self.at("2000-02-28", "2000-02-29", "2000-03-01"), now: now) {
        (play) async throws in
        #expect(try await play.who(having("c_date", "=", "birthday")) == found)
      }
    }
  }

  @Test("SEG-31: refused on saving; if stored, no date equals the empty text")
  func comparesWithNoValue() async throws {
    try await Playground.with(Self.at("never", "2026-11-20")) { (play) async throws in
      for field in ["c_date", "c_datetime"] {
        #expect(try play.problems(having(field, "=", "")) == ["filters[0].filter: value required"])
        #expect(try await play.who(having(field, "=", "")) == [])
        #expect(try await play.who(having(field, "gt", .null)) == [])
        #expect(try await play.who(having(field, "!=", "")) == ["never", "2026-11-20"])
      }
    }
  }

  @Test("SEG-51, SEG-57: anything else is refused, including a day that does not exist")
  func refusesBadDates() async throws {
    try await Playground.with(Self.at("never", "2026-11-20", "2026-11-21")) { (play) async throws in
      for field in ["c_date", "c_datetime", "date_added"] {
        for text in ["Today", "2020-13-45", "2021-02-29", "21.11.2026", "soon", "birthdays"] {
          let problems = try play.problems(having(field, "gte", .string(text)))
          #expect(problems.count == 1 && problems[0].contains("“\(text)” is not a date; expected"))
          #expect(problems[0].hasPrefix("filters[0].filter"))
        }
        #expect(try play.problems(having(field, "empty", .null)) == [])
        #expect(try play.problems(having(field, "between", ["2026-01-01", "birthday"])).count == 1)
        #expect(try play.problems(having(field, "between", ["2026-01-01"])).count == 1)
        #expect(try play.problems(having(field, "between", ["-3 days", "today"])) == [])
      }
    }
  }
}
