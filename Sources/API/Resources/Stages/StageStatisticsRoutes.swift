import Contacts
import Hummingbird
import JobQueue
import Segments

/// Statistics of contacts in stages (API page, 8.11; STG-18).
struct StageStatisticsRoutes: Sendable {
  let stages: StageStore
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/api/stages/chart", needs: .on(.stages, .view)) { try await chart($0) }
        .described("Changes of stages by day", query: "@days", answer: "chart:object"),
      Route(.get, "/api/stages/lifecycle", needs: .on(.stages, .view)) { try await lifecycle($0) }
        .described("Contacts by stage", query: "segment:any", answer: "stages:list"),
    ]
  }

  /// `dateFrom` and `dateTo`, days in UTC; the last 30 days by default.
  private func chart(_ request: APIRequest) async throws -> APIResponse {
    let last = try request.day("dateTo") ?? clock.now
    let first = try request.day("dateFrom") ?? last.addingTimeInterval(-29 * 86_400)
    let chart = try await stages.chart(from: first, to: last)
    return APIResponse(json: [
      "chart": [
        "labels": .array(chart.days.map(JSONValue.string)),
        "datasets": .array(
          chart.lines.map { line in
            [
              "id": .int(Int(line.stage)), "label": .string(line.name),
              "data": .array(line.changes.map(JSONValue.int)),
            ]
          }),
      ]
    ])
  }

  /// With `segment`, only its members.
  private func lifecycle(_ request: APIRequest) async throws -> APIResponse {
    let given = request.query["segment"].flatMap { $0 == .null || $0 == .string("") ? nil : $0 }
    let segment = given?.integer
    guard given == nil || (segment ?? 0) > 0 else {
      throw APIError.validation([("segment", ["must be the id of a segment"])])
    }
    let counts = try await stages.lifecycle(
      of: segment.map { SegmentMembership.members(of: Int64($0)) })
    return APIResponse(json: [
      "stages": .array(
        counts.map { count in
          [
            "id": JSONValue(count.stage), "name": JSONValue(count.name),
            "contacts": .int(count.contacts),
          ]
        })
    ])
  }
}
