import Contacts
import Foundation
import Postgres
import TestSupport
import Testing
import Users

@testable import Reports

@Suite("Figures of dashboards (API page, 10)") struct WidgetTests {
  private static let end = Date(timeIntervalSince1970: 1_720_000_000)

  private static func request(
    _ unit: WidgetRequest.Unit, steps: Double = 20, filters: [String: Int64] = [:],
    datasets: Set<String> = []
  ) throws -> WidgetRequest {
    try WidgetRequest(
      window: try ReportWindow(from: end - steps * unit.seconds, to: end), zone: "America/Chicago",
      unit: unit, filters: filters, datasets: datasets)
  }

  @Test("The server takes every widget in every unit, with all filters, for all and for own rows")
  func everything() async throws {
    let filters = Dictionary(uniqueKeysWithValues: WidgetRequest.filterNames.map { ($0, Int64(3)) })
    var own = PermissionSet()
    for area in WidgetType.areas where area != .users {
      own.grants[area.description] = ["viewown", "view"]
    }
    try await ReportsBed.with { (bed) async throws in
      for type in WidgetType.allCases {
        for unit in WidgetRequest.Unit.allCases {
          for (rights, filters) in [(PermissionSet.administrator, [:]), (own, filters)] {
            let data = try await bed.widgets.data(
              type, try Self.request(unit, filters: filters, datasets: ["failed", "unsubscribed"]),
              for: rights, user: 5)
            #expect((data == nil) == (type == .report), "\(type)")
            if case .chart(.line, let labels, let datasets)? = data {
              #expect(labels.count >= 20 && labels == labels.sorted(), "\(type)")
              #expect(datasets.allSatisfy { $0.values.count == labels.count })
            }
          }
        }
      }
    }
  }

  @Test("Every widget is in a group, once")
  func groups() {
    let all = WidgetType.groups.flatMap { $0.widgets.map(\.type) }
    #expect(all.count == WidgetType.allCases.count && Set(all) == Set(WidgetType.allCases))
    #expect(WidgetType.groups.count == 10)
  }

  @Test(
    "Days begin in the asked time zone, also where the clocks are put forward; none is left out")
  func zones() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        """
        INSERT INTO contacts (date_added, date_identified) VALUES
          ('2024-03-30 22:59:59Z', NULL), ('2024-03-30 23:00Z', '2024-03-31Z'),
          ('2024-03-31 21:59:59Z', NULL), ('2024-03-31 22:00Z', NULL);
        """)
      let window = try ReportWindow(
        from: ReportsBed.date("2024-03-29T23:00:00Z"), to: ReportsBed.date("2024-04-02T10:00:00Z"))
      let data = try await bed.widgets.data(
        .newContacts, try WidgetRequest(window: window, zone: "Europe/Berlin"),
        for: .administrator, user: 1)
      #expect(
        data
          == .chart(
            .line,
            labels: ["2024-03-30", "2024-03-31", "2024-04-01", "2024-04-02"],
            datasets: [
              .init(label: "All contacts", values: [1, 2, 1, 0]),
              .init(label: "Identified", values: [0, 1, 0, 0]),
            ]))
      let named = try await bed.widgets.data(
        .newContacts,
        try WidgetRequest(window: window, unit: .year, datasets: ["anonymous", "no such line"]),
        for: .administrator, user: 1)
      #expect(
        named
          == .chart(.line, labels: ["2024"], datasets: [.init(label: "Anonymous", values: [3])]))
    }
  }

  @Test("Figures count what is there, of own records alone where the role says so")
  func own() async throws {
    try await ReportsBed.with { (bed) async throws in
      try await bed.run(
        ReportsBed.people + """
          INSERT INTO assets (id, title, alias, language, storage, url, size,
            is_hidden_from_search, date_added, created_by) VALUES
            (1, 'Mine', 'a', 'en', 'remote', 'x', 1, false, '2024-03-01Z', 1),
            (2, 'Other', 'b', 'en', 'remote', 'x', 1, false, '2024-03-01Z', 2);
          INSERT INTO asset_downloads (asset_id, contact_id, code, date_added) VALUES
            (1, 1, 200, '2024-03-01Z'), (1, 1, 200, '2024-03-02Z'), (2, 2, 200, '2024-03-01Z'),
            (2, 3, 200, '2024-03-01Z'), (2, 4, 200, '2024-03-01Z');
          INSERT INTO page_hits (hit, contact_id, at, left_at, url) VALUES
            (gen_random_uuid(), 1, '2024-03-01Z', '2024-03-01 00:00:30Z', 'x'),
            (gen_random_uuid(), 1, '2024-03-01Z', '2024-03-01 00:04Z', 'x'),
            (gen_random_uuid(), NULL, '2024-03-01Z', NULL, 'x');
          """)
      let window = try ReportWindow(
        from: ReportsBed.date("2024-01-01T00:00:00Z"), to: ReportsBed.date("2024-12-31T00:00:00Z"))
      func data(
        _ type: WidgetType, _ rights: PermissionSet = .administrator
      ) async throws -> WidgetData? {
        try await bed.widgets.data(
          type, try WidgetRequest(window: window, unit: .month), for: rights, user: 1)
      }
      func rows(_ data: WidgetData?) -> [[String?]] {
        if case .table(_, let rows)? = data { rows } else { [] }
      }
      #expect(rows(try await data(.popularAssets)) == [["Other", "3", "2"], ["Mine", "2", "1"]])
      #expect(rows(try await data(.popularAssets, .own(.assets))) == [["Mine", "2", "1"]])
      #expect(
        try await data(.uniqueDownloads)
          == .chart(
            .pie, labels: ["Unique", "Repetitive"],
            datasets: [.init(label: "Downloads", values: [4, 1])]))
      #expect(
        try await data(.dwellTimes)
          == .chart(
            .pie, labels: ["< 1m", "1 - 5m", "5 - 10m", "> 10m"],
            datasets: [.init(label: "Visits", values: [1, 1, 0, 0])]))
      #expect(
        try await data(.uniqueVisitors)
          == .chart(
            .pie, labels: ["Unique", "Returning"],
            datasets: [.init(label: "Visits", values: [2, 1])]))
      #expect(
        rows(try await data(.createdContacts, .own(.contacts))).map { $0[3] } == ["5", "3", "1"])
      await #expect(throws: ReportError.forbidden) { _ = try await data(.emails, .own(.contacts)) }
    }
  }

  @Test("Charts have bounded steps, time zones must be known")
  func bounds() throws {
    #expect(throws: InvalidInput.self) { try Self.request(.second, steps: 1_100) }
    _ = try Self.request(.second, steps: 1_000)
    #expect(throws: InvalidInput.self) { try WidgetRequest.zone("Moon/Tycho") }
    #expect(try WidgetRequest.zone("europe/berlin") == "Europe/Berlin")
    #expect(try WidgetRequest.zone("UTC") == "UTC")
    let wide = try WidgetRequest(
      window: ReportWindow(from: Self.end, to: Self.end), limit: .max)
    #expect(wide.limit == WidgetRequest.mostRows)
  }
}
