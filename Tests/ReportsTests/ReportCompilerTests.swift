import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Query
import TestSupport
import Testing
import Users

@testable import Reports

@Suite("Reports as statements (API page, 10)") struct ReportCompilerTests {
  private static func sample(_ kind: QueryColumn.Kind) -> JSONValue {
    switch kind {
    case .integer: .integer(5)
    case .number: .string("1.5")
    case .boolean: .boolean(true)
    case .instant: .string("2024-01-01 10:00")
    case .day: .string("2024-01-01")
    case .time: .string("10:00")
    case .text, .list: .string("a%_\\b")
    }
  }

  @Test("The server takes every column with every condition and every figure")
  func everything() async throws {
    try await ReportsBed.with { (bed) async throws in
      let window = try ReportWindow(from: Date(timeIntervalSince1970: 0), to: bed.now)
      let sources = try await bed.catalogue().sources
      #expect(sources.count == 24)
      for source in sources {
        #expect(Set(source.columns.map(\.name)).count == source.columns.count, "\(source.name)")
        let limit = source.limits.compactMap { $0.own?(7) }.map { "(\(sql: $0))" as SQL }
          .joined(separator: " AND ")
        for column in source.columns {
          for report in Self.reports(source, column) {
            let statement = try ReportCompiler.compile(
              report, of: source, within: window, where: limit)
            for query in [statement.rows(start: 0, limit: 1), statement.count] {
              do {
                try await bed.pool.query("EXPLAIN \(sql: query)")
              } catch {
                Issue.record("\(source.name) \(column.name): \(error) \(query.text)")
              }
            }
          }
        }
      }
    }
  }

  /// A report with every condition on a column, and one with every figure of it that there is.
  private static func reports(
    _ source: ReportSource, _ column: ReportColumn
  ) -> [ReportValues] {
    var plain = ReportValues()
    plain.source = source.name
    plain.columns = [column.name]
    plain.order = [ReportOrder(source.columns.first?.name ?? "", isDescending: true)]
    let value = sample(column.kind)
    plain.filters = ReportCondition.allCases.map { condition in
      let isList = [.between, .notBetween, .in, .notIn].contains(condition)
      return ReportFilter(
        column.name, condition, isList ? .array([value, value]) : value, beginsGroup: true)
    }
    var grouped = plain
    grouped.filters = []
    grouped.groupBy = [column.name]
    let isNumber = column.kind == .integer || column.kind == .number
    let hasOrder = column.kind != .boolean && column.kind != .list
    grouped.aggregators = ReportAggregator.Function.allCases.filter { function in
      switch function {
      case .count: true
      case .average, .sum: isNumber
      case .least, .greatest: hasOrder
      }
    }.map { ReportAggregator($0, column.name) }
    grouped.order = grouped.aggregators.map { ReportOrder($0.name, isDescending: true) }
    return [plain, grouped]
  }

  @Test("A span of time has both ends; instants are texts in UTC, numbers digits")
  func window() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(ReportsBed.people)
      let report = ReportValues.contacts("l.id", "l.date_added", "l.points")
      let day = try await bed.read(
        report, from: "2024-03-01T00:00:00Z", to: "2024-03-01T23:59:59Z")
      #expect(
        day.rows == [["1", "2024-03-01 00:00:00", "10"], ["2", "2024-03-01 12:00:00", "20"]])
      #expect(day.total == 2)
      #expect(
        try await bed.read(report, from: "2024-03-02T00:00:00Z", to: "2024-03-02T00:00:00Z").total
          == 2)
      #expect(try await bed.read(report, to: "2024-03-03T23:59:59Z").total == 5)
      #expect(try await bed.read(report).total == 5)
    }
  }

  @Test(
    "Filters of a group are joined by AND, groups by OR; wildcards in a text stand for themselves")
  func filters() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(ReportsBed.people)
      let cases: [(filters: [ReportFilter], ids: [String])] = [
        ([ReportFilter("l.city", .eq, .string("rome"))], ["1", "2"]),
        (
          [
            ReportFilter("l.city", .eq, .string("Rome")),
            ReportFilter("l.points", .gt, .string("15")),
            ReportFilter("l.city", .eq, .string("Oslo"), beginsGroup: true),
            ReportFilter("l.points", .lte, .integer(30)),
          ], ["2", "3"]
        ),
        ([ReportFilter("l.email", .contains, .string("%"))], ["3"]),
        ([ReportFilter("l.email", .startsWith, .string("AN"))], ["1"]),
        ([ReportFilter("l.email", .endsWith, .string("b@example.com"))], ["2"]),
        ([ReportFilter("l.city", .empty)], ["5"]),
        ([ReportFilter("l.id", .in, .string("1,3,99"))], ["1", "3"]),
        (
          [ReportFilter("l.points", .between, .array([.integer(20), .integer(30)]))], ["2", "3"]
        ),
        ([ReportFilter("l.date_added", .gte, .string("2024-03-02"))], ["3", "4", "5"]),
      ]
      for (filters, ids) in cases {
        let report = ReportValues.contacts("l.id") { $0.filters = filters }
        #expect(try await bed.read(report).rows == ids.map { [$0] }, "\(filters)")
      }
    }
  }

  @Test("Groups have figures, and are ordered by them; pages do not overlap")
  func groups() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(ReportsBed.people)
      let report = ReportValues.contacts("l.city") { report in
        report.groupBy = ["l.city"]
        report.aggregators = [
          ReportAggregator(.count, "l.id"), ReportAggregator(.sum, "l.points"),
          ReportAggregator(.average, "l.points"), ReportAggregator(.least, "l.firstname"),
          ReportAggregator(.greatest, "l.date_added"),
        ]
        report.order = [
          ReportOrder("COUNT l.id", isDescending: true), ReportOrder("l.city", isDescending: true),
        ]
      }
      let all = try await bed.read(report)
      #expect(
        all.rows == [
          ["Rome", "2", "30", "15.00", "Ann", "2024-03-01 12:00:00"],
          ["Oslo", "2", "70", "35.00", "Cid", "2024-03-02 00:00:00"],
          [nil, "1", "50", "50.00", "Eve", "2024-03-03 23:59:59"],
        ])
      #expect(all.total == 3)
      #expect(try await bed.read(report, start: 1, limit: 1).rows == [all.rows[1]])
      let whole = ReportValues.contacts { $0.aggregators = [ReportAggregator(.count, "l.id")] }
      #expect(try await bed.read(whole).rows == [["5"]])
      let tied = ReportValues.contacts("l.firstname") { $0.order = [ReportOrder("l.city")] }
      var names: [String?] = []
      for start in 0..<5 {
        names += try await bed.read(tied, start: start, limit: 1).rows.flatMap { $0 }
      }
      #expect(names == ["Cid", "Dan", "Ann", "Bob", "Eve"])
    }
  }

  @Test("Who may see own contacts alone gets no others; a closed area is refused")
  func limits() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        ReportsBed.people + """
          INSERT INTO emails (id, name, subject, date_added, created_by) VALUES
            (1, 'Mine', 'x', '2024-03-01Z', 1), (2, 'Other', 'x', '2024-03-01Z', 2);
          INSERT INTO points_log (contact_id, type, event_name, action_name, delta, date_added)
            SELECT id, 'x', 'x', 'x', 1, '2024-03-01Z' FROM contacts;
          """)
      let contacts = ReportValues.contacts("l.id")
      let mine = try await bed.read(contacts, for: .own(.contacts), user: 1)
      #expect(mine.rows == [["1"], ["3"], ["5"]] && mine.total == 3)
      var points = ReportValues()
      points.source = "lead.pointlog"
      points.columns = ["l.id"]
      #expect(try await bed.read(points, for: .own(.contacts), user: 2).total == 2)
      var emails = ReportValues()
      emails.source = "emails"
      emails.columns = ["e.name"]
      #expect(try await bed.read(emails, for: .own(.emails), user: 1).rows == [["Mine"]])
      for (report, rights) in [(emails, PermissionSet.own(.contacts)), (points, .own(.emails))] {
        let error = await #expect(throws: ReportError.self) {
          _ = try await bed.read(report, for: rights)
        }
        #expect(error == .forbidden)
      }
      // Users' changes are others' where users are closed.
      var changes = ReportValues()
      changes.source = "audit.log"
      changes.columns = ["al.id"]
      await #expect(throws: ReportError.forbidden) {
        _ = try await bed.read(changes, for: .own(.contacts))
      }
    }
  }

  @Test("All rows of a report, however many, come in order")
  func files() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        "INSERT INTO contacts (id, date_added) SELECT n, '2024-03-01Z' FROM generate_series(1, 1234) n"
      )
      let statement = try await bed.reader.statement(
        .contacts("l.id"), within: nil, for: .administrator, user: 1)
      var ids: [String?] = []
      try await bed.reader.rows(statement) { ids += $0.map { $0[0] } }
      #expect(ids == (1...1234).map(String.init))
      #expect(statement.columns.map(\.key) == ["id1"])
    }
  }
}
