import Contacts
import Foundation
import Hummingbird
import JobQueue
import Postgres
import Segments
import Users

/// Operations on segments beyond the compatible endpoints (API page, 8.3, marked as ours): rebuilding, a preview
/// of filters that are not saved, the state of rebuilds, and growth by day.
struct SegmentOwnRoutes: Sendable {
  let store: SegmentStore
  let editor: SegmentEditor
  let contacts: ContactStore
  let jobs: JobClient
  let warnings: @Sendable () async throws -> SegmentWarnings

  var routes: [Route] {
    [
      Route(
        .post, "/api/segments/{id}/rebuild", needs: .on(.segment, .edit), takesIdempotencyKey: true
      ) {
        try await rebuild($0)
      }.described("Rebuild a segment", answer: "job:Job", statuses: [202]),
      Route(.post, "/api/segments/preview", needs: .on(.contacts, .view).and(.on(.segments, .view)))
      { try await preview($0) }.described(
        "Count and show who matches filters", body: "filters:any limit:integer id:integer",
        answer: "total:integer contacts:list"),
      Route(.get, "/api/segments/{id}/state", needs: .on(.segment, .view)) { try await state($0) }
        .described("The state of rebuilds of a segment", answer: "state:object"),
      Route(.get, "/api/segments/{id}/chart", needs: .on(.segment, .view)) { try await chart($0) }
        .described("Members of a segment by day", query: "@days", answer: "chart:object"),
      Route(.get, "/api/segments/movements", needs: .on(.segments, .view)) {
        try await movements($0)
      }.described(
        "The segments that grew or shrank most", query: "@days limit:integer",
        answer: "movements:list"),
      Route(.get, "/api/segments/broken", needs: .on(.segments, .view)) { try await broken($0) }
        .described(
          "The segments that cannot be rebuilt", query: "@page",
          answer: "total:integer segments:list"),
      Route(.get, "/api/segments/states", needs: .on(.segments, .view)) { try await states($0) }
        .described("The states of several segments", query: "ids:text", answer: "states:map"),
      Route(.get, "/api/segments/{id}/dependencies", needs: .on(.segment, .view)) {
        try await dependencies($0)
      }.described(
        "What a segment is made of, and who uses it", answer: "segments:list uses:list"),
    ]
  }

  /// The segment in the path, if the user may use it.
  private func open(_ request: APIRequest) async throws -> Segment {
    guard let segment = try await store.segment(try request.id) else { throw APIError.notFound }
    guard try request.segmentActor.mayUse(segment) else { throw APIError.forbidden }
    return segment
  }

  private func rebuild(_ request: APIRequest) async throws -> APIResponse {
    let segment = try await open(request)
    guard segment.isPublished else {
      throw APIError.conflict("The segment is not published; such ones are not rebuilt.")
    }
    guard let job = try await editor.rebuild(segment.id, by: try request.segmentActor) else {
      throw APIError.notFound
    }
    return APIResponse(status: .accepted, json: ["job": JSONValue(job)])
      .with(.location, "/api/jobs/\(job.id)")
  }

  private func preview(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    guard let filters = body["filters"], filters != .null else {
      throw APIError.validation([("filters", ["A value is required."])])
    }
    let limit = body["limit"].map { $0.integer ?? 10 } ?? 10
    let preview = try await editor.preview(
      filters == .string("") ? .array([]) : filters.kept,
      of: body["id"]?.integer.map(Int64.init), sample: limit,
      owner: try request.ownLimit(.contacts, .view), by: try request.segmentActor)
    let page = try await contacts.page(
      limit: preview.sample.count, where: "id = ANY (\(preview.sample))")
    let byID = Dictionary(
      page.contacts.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return APIResponse(json: [
      "total": .int(preview.count),
      "contacts": .array(preview.sample.compactMap { byID[$0].map(JSONValue.init(basic:)) }),
    ])
  }

  private func state(_ request: APIRequest) async throws -> APIResponse {
    let segment = try await open(request)
    let members = try await store.counts([segment.id])[segment.id] ?? 0
    return APIResponse(json: [
      "state": JSONValue(
        segment, members: members, warnings: try await warnings(), now: jobs.clock.now)
    ])
  }

  /// The states by id, of those of `ids` that the user may see.
  private func states(_ request: APIRequest) async throws -> APIResponse {
    let ids = (request.query["ids"]?.commaList ?? []).compactMap { Int64($0.trimmingBlanks) }
    guard ids.count <= Self.mostStates else {
      throw APIError.badRequest("ids: at most \(Self.mostStates) in one request.")
    }
    let actor = try request.segmentActor
    let segments = try await store.page(
      where: "s.id = ANY (\(ids))", order: "ORDER BY s.id", start: 0, limit: Self.mostStates
    ).segments.filter(actor.mayUse)
    let members = try await store.counts(segments.map(\.id))
    let (warnings, now) = (try await warnings(), jobs.clock.now)
    let states = segments.map { segment in
      (
        String(segment.id),
        JSONValue(segment, members: members[segment.id] ?? 0, warnings: warnings, now: now)
      )
    }
    return APIResponse(json: ["states": states.isEmpty ? [] : .object(JSONObject(states))])
  }

  /// The most states that are answered at once.
  private static let mostStates = 200

  private func dependencies(_ request: APIRequest) async throws -> APIResponse {
    guard
      let found = try await editor.dependencies(
        of: try request.id, by: try request.segmentActor)
    else { throw APIError.notFound }
    let areas: [String: PermissionArea] = [
      "campaigns": .campaigns, "campaignEvents": .campaigns, "emails": .emails, "forms": .forms,
      "pointTriggers": .pointTriggers,
    ]
    let uses = found.uses.filter { use in
      areas[use.kind].map { request.rights.access($0, .view) > .none } ?? true
    }
    return APIResponse(json: [
      "segments": .array(
        found.segments.map { node in
          [
            "id": .int(Int(node.id)), "name": .string(node.name),
            "isPublished": .bool(node.isPublished), "distance": .int(node.distance),
            "references": .array(node.references.map { .int(Int($0)) }),
          ]
        }),
      "uses": .array(
        uses.map { use in
          [
            "kind": .string(use.kind),
            "records": .array(
              use.records.map { ["id": .int(Int($0.id)), "name": .string($0.name)] }),
          ]
        }),
    ])
  }

  /// The days of `dateFrom` and `dateTo`, in UTC; the last 30 by default.
  ///
  /// - Throws: `APIError` 422 for days in the wrong order and for too many.
  private func span(_ request: APIRequest) throws -> (first: Date, last: Date) {
    let last = try request.day("dateTo") ?? jobs.clock.now
    let first = try request.day("dateFrom") ?? last.addingTimeInterval(-29 * 86_400)
    guard first <= last, last.timeIntervalSince(first) < Double(SegmentChart.maximumDays) * 86_400
    else {
      throw APIError.validation([
        (
          "dateFrom",
          ["It must not be after dateTo, and at most \(SegmentChart.maximumDays) days before it."]
        )
      ])
    }
    return (first, last)
  }

  /// The segments that grew or shrank most in a span of days; 10 by default.
  private func movements(_ request: APIRequest) async throws -> APIResponse {
    let (first, last) = try span(request)
    let movements = try await store.movements(
      from: Self.day(first), through: Self.day(last), for: try request.segmentActor,
      limit: min(max(1, request.query["limit"]?.integer ?? 10), 100))
    return APIResponse(json: [
      "movements": .array(
        movements.map { item in
          [
            "id": .int(Int(item.id)), "name": .string(item.name), "added": .int(item.added),
            "removed": .int(item.removed), "days": .array(item.days.map { .int($0) }),
          ]
        })
    ])
  }

  private static func day(_ date: Date) -> String { date.formatted(.iso8601.year().month().day()) }

  /// Those of the segments that the user may see.
  private func broken(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: 1_000)
    let page = try await store.page(
      where: """
        s.build_error IS NOT NULL AND s.is_published
          AND (\(sql: SegmentList.visible(to: try request.segmentActor)))
        """, order: "ORDER BY lower(s.name), s.id", start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(page.total),
      "segments": .array(
        page.segments.map { segment in
          [
            "id": .int(Int(segment.id)), "name": .string(segment.name),
            "error": JSONValue(segment.build.error),
          ]
        }),
    ])
  }

  /// The members of a segment by day.
  private func chart(_ request: APIRequest) async throws -> APIResponse {
    let segment = try await open(request)
    let (first, last) = try span(request)
    let days = try await SegmentChart.read(segment.id, from: first, to: last, on: jobs.postgres)
      .days
    return APIResponse(json: [
      "chart": [
        "labels": .array(days.map { .string($0.day) }),
        "added": .array(days.map { .int($0.added) }),
        "removed": .array(days.map { .int($0.removed) }),
        "total": .array(days.map { .int($0.total) }),
      ]
    ])
  }
}
