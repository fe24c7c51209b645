import Contacts
import Foundation
import Hummingbird
import JobQueue
import Reports
import Tracking
import Users

/// `/api/data`: the figures of dashboards (API page, 10).
struct DataRoutes: Sendable {
  let widgets: WidgetReader
  let reports: ReportStore
  let rows: ReportReader
  /// Lets figures of pages count the hits before them.
  let backlog: HitBacklog
  let clock: WallClock

  /// The report that the widget of reports shows where none is named.
  private static let firstReport: Int64 = 1

  var routes: [Route] {
    let needs = Requirement.onOne(of: WidgetType.areas, .view)
    return [
      Route(.get, "/api/data", needs: needs) { _ in Self.types }.described(
        "The figures that there are for dashboards", answer: "success:any types:object"),
      Route(.get, "/api/data/{type:text}", needs: needs) { try await data($0) }.described(
        "One of the figures of dashboards",
        query:
          "timezone:text dateFrom:date dateTo:date timeUnit:text limit:integer filter:any dataset:any dataFormat:text height:integer",
        answer: "success:any cached:truth execution_time:number data:any"),
    ]
  }

  private static var types: APIResponse {
    let groups = WidgetType.groups.map { group in
      (
        group.name,
        JSONValue.object(
          JSONObject(group.widgets.map { ($0.type.rawValue, .string($0.label)) }))
      )
    }
    return APIResponse(json: ["success": 1, "types": .object(JSONObject(groups))])
  }

  private func data(_ request: APIRequest) async throws -> APIResponse {
    let begun = ContinuousClock.now
    guard let type = WidgetType(rawValue: try request.pathText("type")) else {
      throw APIError.notFound
    }
    let parameters = try WidgetParameters(request.query, now: clock.now)
    if WidgetType.ofPages.contains(type) { await backlog.settle() }
    let user = try request.requiredUser
    let found = try await widgets.data(
      type, parameters.request, for: user.rights, user: user.id)
    let data: WidgetData
    if let found { data = found } else { data = try await report(parameters.request, request) }
    let took = begun.duration(to: .now) / .milliseconds(1)
    return APIResponse(json: [
      "success": 1, "cached": false, "execution_time": .double(took.rounded(.up) / 1_000),
      "data": WidgetView(data, isRaw: parameters.isRaw, height: parameters.height).json,
    ])
  }

  /// The first rows of a report.
  private func report(_ wanted: WidgetRequest, _ request: APIRequest) async throws -> WidgetData {
    let id = wanted.filters["reportId"] ?? Self.firstReport
    try await request.require(.report, .view, id)
    guard let report = try await reports.find(id) else { throw APIError.notFound }
    if report.values.source == "page.hits" { await backlog.settle() }
    let statement = try await rows.statement(
      report.values, within: wanted.window, for: request.rights,
      user: try request.requiredUser.id)
    let page = try await rows.page(statement, start: 0, limit: wanted.limit)
    return .table(
      statement.columns.map { .init(title: $0.label, isNumber: $0.kind == .integer) },
      rows: page.rows)
  }
}

extension WidgetType {
  /// The widgets that count hits.
  fileprivate static let ofPages: Set<WidgetType> = [
    .pageHits, .uniqueVisitors, .dwellTimes, .popularPages, .pageDevices,
  ]
}
