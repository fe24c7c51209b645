import Contacts
import Foundation
import Hummingbird
import JobQueue
import Postgres
import Segments

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

  /// `dateFrom` and `dateTo`, days in UTC; the last 30 days by default.
  private func chart(_ request: APIRequest) async throws -> APIResponse {
    let segment = try await open(request)
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
