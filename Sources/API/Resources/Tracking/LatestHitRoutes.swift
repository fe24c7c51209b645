import Hummingbird
import Tracking

/// `/api/tracking/hits` (API page, 11.12): the last hits, as proof that tracking works.
struct LatestHitRoutes: Sendable {
  let hits: LatestHitStore
  let backlog: HitBacklog

  /// The greatest number of hits in an answer.
  private static let most = 100

  var routes: [Route] {
    [
      Route(.get, "/api/tracking/hits", needs: .onAll(.contacts, .view)) { request in
        let paging = Paging(request.query, cap: Self.most, standard: 20)
        let found = try await hits.read(limit: paging.limit)
        return APIResponse(json: [
          "hits": .array(found.map { JSONValue($0) }),
          "isWaiting": .bool(try await !backlog.isEmpty()),
        ])
      }.described(
        "List the last page hits", query: "limit:integer", answer: "hits:Hit[] isWaiting:truth")
    ]
  }
}

extension JSONValue {
  fileprivate init(_ hit: LatestHit) {
    self = [
      "id": .int(Int(hit.id)), "dateHit": JSONValue(hit.at), "url": .string(hit.url),
      "title": JSONValue(hit.title), "referrer": JSONValue(hit.referrer),
      "contact": JSONValue(hit.contact), "email": JSONValue(hit.email),
      "page": JSONValue(hit.page), "address": JSONValue(hit.address),
      "agent": JSONValue(hit.agent),
    ]
  }
}
