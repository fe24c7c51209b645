import Contacts
import Exports
import Foundation
import Hummingbird
import JobQueue
import Query
import Reports
import Tracking
import Users

/// The rows of reports (API page, 10): a page in JSON without an envelope, or all of them as a file.
struct ReportRoutes: Sendable {
  let store: ReportStore
  let reader: ReportReader
  let exports: ExportService
  /// Lets reports of hits show those before them.
  let backlog: HitBacklog
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/api/reports/{id}", needs: .on(.report, .view)) { try await show($0) }
        .described(
          "The rows of a report", query: "limit:integer page:integer @days",
          answer: """
            totalResults:integer data:list dataColumns:map limit:integer page:integer dateFrom:date dateTo:date \
            report:Report
            """),
      Route(.get, "/api/reports/sources", needs: .on(.reports, .view)) { _ in
        let sources = try await reader.catalogue().sources
        return APIResponse(json: ["sources": .array(sources.map(Self.json))])
      }.described("What reports can be about, with its columns", answer: "sources:list"),
      // A report may hold contacts, so its file takes the permission to export them.
      Route(
        .get, "/api/reports/{id}/export",
        needs: .on(.report, .view).and(.on(.exports, .enable))
      ) { try await export($0) }.described(
        "The rows of a report as a file", query: "format:text @days", file: "*/*"),
    ]
  }

  private static func json(_ source: ReportSource) -> JSONValue {
    [
      "name": .string(source.name), "label": .string(source.label),
      "columns": .array(
        source.columns.map { column in
          [
            "name": .string(column.name), "label": .string(column.label),
            "type": .string("\(column.kind)"),
          ]
        }),
    ]
  }

  /// `limit` 0 asks for all rows, of which there are bounds.
  private func show(_ request: APIRequest) async throws -> APIResponse {
    let report = try await report(request)
    let window = try request.window(now: clock.now)
    let statement = try await statement(report, window, request)
    let limit = min(max(0, request.query["limit"]?.integer ?? 0), ReportLimits.rows)
    let page = max(1, request.query["page"]?.integer ?? 1)
    let (start, isOverflow) = (page - 1).multipliedReportingOverflow(by: limit)
    let found = try await reader.page(
      statement, start: isOverflow ? Paging.furthestStart : min(start, Paging.furthestStart),
      limit: limit == 0 ? ReportLimits.rows : limit)
    let names = statement.columns.compactMap { column in
      column.name.map { (column.key, JSONValue.string($0)) }
    }
    return APIResponse(json: [
      "totalResults": .int(found.total),
      "data": .array(found.rows.map { Self.row($0, statement.columns) }),
      "dataColumns": names.isEmpty ? [] : .object(JSONObject(names)), "limit": .int(limit),
      "page": .int(page), "dateFrom": JSONValue(window.from), "dateTo": JSONValue(window.to),
      "report": ReportResource.json(report),
    ])
  }

  private func export(_ request: APIRequest) async throws -> APIResponse {
    let name = request.query["format"]?.text?.lowercased() ?? "csv"
    guard let format = ExportFormat(rawValue: name), format != .jsonl else {
      throw APIError.validation([("format", ["\(InvalidInput.shown(name)) is none of csv, xlsx"])])
    }
    let report = try await report(request)
    let window = try request.window(now: clock.now)
    return ReportFile(
      id: report.id, statement: try await statement(report, window, request), reader: reader,
      exports: exports, format: format
    ).response
  }

  private func report(_ request: APIRequest) async throws -> Report {
    guard let report = try await store.find(try request.id) else { throw APIError.notFound }
    return report
  }

  private func statement(
    _ report: Report, _ window: ReportWindow, _ request: APIRequest
  ) async throws -> ReportStatement {
    if report.values.source == "page.hits" { await backlog.settle() }
    return try await reader.statement(
      report.values, within: window, for: request.rights, user: try request.requiredUser.id)
  }

  static func row(_ values: [String?], _ columns: [ReportStatement.Column]) -> JSONValue {
    .object(
      JSONObject(
        zip(columns, values).map { column, value in (column.key, json(value, column.kind)) }))
  }

  /// Numbers as numbers, booleans as 0 and 1, all else as text.
  private static func json(_ value: String?, _ kind: QueryColumn.Kind) -> JSONValue {
    guard let value else { return .null }
    switch kind {
    case .integer, .boolean: return Int(value).map(JSONValue.int) ?? .string(value)
    case .number:
      if let number = Int(value) { return .int(number) }
      return Double(value).flatMap { $0.isFinite ? .double($0) : nil } ?? .string(value)
    case .instant, .day, .time, .text, .list: return .string(value)
    }
  }
}

extension APIRequest {
  /// The span of time from `dateFrom` to `dateTo`, both included; a day means all of it. By default 30 days until now.
  ///
  /// - Throws: `APIError` 400 for a text that is no date; `InvalidInput`.
  func window(now: Date) throws -> ReportWindow {
    var to = try day("dateTo") ?? now
    if let text = query["dateTo"]?.text, text.trimmingBlanks.utf8.count == 10 {
      to = to.addingTimeInterval(86_399)
    }
    let from = try day("dateFrom") ?? to.addingTimeInterval(-30 * 86_400)
    return try ReportWindow(from: from, to: to)
  }
}
