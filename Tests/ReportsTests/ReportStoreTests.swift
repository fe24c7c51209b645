import Contacts
import Foundation
import Primitives
import TestSupport
import Testing

@testable import Reports

@Suite("Stored reports (API page, 10)") struct ReportStoreTests {
  private static func input(_ change: (inout ReportInput) -> Void = { _ in }) -> ReportInput {
    var input = ReportInput()
    input.name = "Cities"
    input.source = "leads"
    input.columns = .array([.string("l.city")])
    change(&input)
    return input
  }

  private static func object(_ members: [String: String]) -> JSONValue {
    .object(members.mapValues(JSONValue.string))
  }

  @Test("A new system has reports, and each can be read")
  func systemReports() async throws {
    try await ReportsBed.with { (bed) async throws in
      let page = try await bed.store.page(start: 0, limit: 100)
      #expect(page.records.map(\.id) == [1, 2, 3, 4, 5, 6])
      for report in page.records {
        #expect(report.values.isSystem && report.values.isPublished)
        #expect(try await bed.read(report.values).total == 0, "\(report.values.name)")
      }
      // The next one gets a new id.
      let made = try await bed.store.create(Self.input(), by: ReportsBed.author, now: bed.now)
      #expect(made.id == 7)
    }
  }

  @Test("What is written comes back; an update leaves what it does not name")
  func writing() async throws {
    try await ReportsBed.with { (bed) async throws in
      let input = Self.input { input in
        input.filters = .array([
          Self.object(["column": "l.points", "condition": "gte", "value": "5"]),
          Self.object(["column": "l.city", "condition": "empty", "glue": "or"]),
        ])
        input.groupBy = .array([.string("l.city")])
        input.aggregators = .object(["0": Self.object(["function": "COUNT", "column": "l.id"])])
        input.order = .array([Self.object(["column": "COUNT l.id", "direction": "desc"])])
        input.settings = .object(["showGraphs": .boolean(true)])
      }
      let made = try await bed.store.create(input, by: ReportsBed.author, now: bed.now)
      #expect(
        made.values.filters == [
          ReportFilter("l.points", .gte, .string("5")),
          ReportFilter("l.city", .empty, beginsGroup: true),
        ])
      #expect(made.values.aggregators == [ReportAggregator(.count, "l.id")])
      #expect(made.values.order == [ReportOrder("COUNT l.id", isDescending: true)])
      var change = ReportInput()
      change.name = "Towns"
      let changed = try #require(
        try await bed.store.update(made.id, change, by: ReportsBed.author, now: bed.now))
      var expected = made.values
      expected.name = "Towns"
      #expect(changed.values == expected)
      #expect(try await bed.store.find(made.id)?.values == expected)
      #expect(
        try await bed.store.delete(made.id, by: ReportsBed.author, now: bed.now)?.id == made.id)
      #expect(try await bed.store.find(made.id) == nil)
    }
  }

  @Test("Refusals name the member at fault")
  func refusals() async throws {
    let long = JSONValue.array((0...ReportLimits.columns).map { .string("l.c\($0)") })
    let bad: [(member: String, change: (inout ReportInput) -> Void)] = [
      ("name", { $0.name = "" }), ("source", { $0.source = "planets" }),
      ("columns[0]", { $0.columns = .array([.string("l.height")]) }),
      ("columns[0]", { $0.columns = .array([.string("l.id; DROP TABLE reports")]) }),
      ("columns[1]", { $0.columns = .array([.string("l.id"), .string("l.id")]) }),
      ("columns", { $0.columns = .array([]) }), ("columns", { $0.columns = .string("l.id") }),
      ("columns", { $0.columns = long }),
      ("filters[0].condition", { $0.filters = Self.filter("l.id", "resembles", "1") }),
      ("filters[0].column", { $0.filters = Self.filter("l.height", "eq", "1") }),
      ("filters[0].column", { $0.filters = .array([.null]) }),
      ("filters[0].value", { $0.filters = Self.filter("l.points", "eq", "many") }),
      ("filters[0].value", { $0.filters = Self.filter("l.points", "lt", "NaN") }),
      ("filters[0].value", { $0.filters = Self.filter("l.date_added", "lt", "275760-01-01") }),
      ("filters[0].value", { $0.filters = Self.filter("l.points", "between", "1") }),
      ("filters[0].value", { $0.filters = Self.filter("l.city", "eq", "a\0b") }),
      (
        "filters[0].value",
        {
          $0.filters = .array([
            .object([
              "column": .string("l.id"), "condition": .string("in"),
              "value": .array(Array(repeating: .integer(1), count: 1_001)),
            ])
          ])
        }
      ),
      (
        "tableOrder[0].direction",
        { $0.order = .array([Self.object(["column": "l.id", "direction": "up"])]) }
      ),
      ("tableOrder[0].column", { $0.order = .array([Self.object(["column": "l.height"])]) }),
      (
        "aggregators[0].function",
        { $0.aggregators = .array([Self.object(["function": "MEDIAN", "column": "l.id"])]) }
      ),
      (
        "aggregators[0].column",
        {
          $0.groupBy = .array([.string("l.city")])
          $0.aggregators = .array([Self.object(["function": "SUM", "column": "l.city"])])
        }
      ),
      ("columns[0]", { $0.groupBy = .array([.string("l.country")]) }),
      ("settings", { $0.settings = .string("x") }),
      (
        "settings",
        { $0.settings = .object(["x": .string(String(repeating: "x", count: 70_000))]) }
      ),
      ("scheduleUnit", { $0.isScheduled = true }),
      ("scheduleUnit", { $0.scheduleUnit = "HOURLY" }),
      (
        "toAddress",
        {
          $0.isScheduled = true
          $0.scheduleUnit = "DAILY"
        }
      ),
      ("toAddress", { $0.toAddress = "ann@example.com, nobody" }),
      (
        "scheduleDay",
        {
          $0.isScheduled = true
          $0.scheduleUnit = "WEEKLY"
          $0.toAddress = "ann@example.com"
        }
      ),
      ("scheduleMonthFrequency", { $0.scheduleMonthFrequency = "2" }),
    ]
    try await ReportsBed.with { (bed) async throws in
      for (member, change) in bad {
        let error = await #expect(throws: InvalidInput.self) {
          try await bed.store.create(Self.input(change), by: ReportsBed.author, now: bed.now)
        }
        #expect(error?.problems.first?.member == member, "\(member): \(String(describing: error))")
      }
      #expect(try await bed.store.page(start: 0, limit: 1).total == 6)
    }
  }

  private static func filter(_ column: String, _ condition: String, _ value: String) -> JSONValue {
    .array([Self.object(["column": column, "condition": condition, "value": value])])
  }

  @Test("Spans of time are bounded")
  func windows() throws {
    let now = Date(timeIntervalSince1970: 1_700_000_000)
    #expect(throws: InvalidInput.self) { try ReportWindow(from: now, to: now - 1) }
    #expect(throws: InvalidInput.self) {
      try ReportWindow(from: .distantPast, to: .distantFuture)
    }
    _ = try ReportWindow(from: now, to: now)
  }
}
