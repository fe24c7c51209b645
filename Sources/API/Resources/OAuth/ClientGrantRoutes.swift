import OAuth
import Users

/// Martlet's own about clients: another secret, and what a client was granted (API page, section 2).
struct ClientGrantRoutes: Sendable {
  let resource: ClientResource

  private var store: ClientStore { resource.store }

  var routes: [Route] {
    [
      Route(.post, "/api/clients/{id}/secret", needs: .on(.clients, .edit)) {
        try await renew($0)
      }.described(
        "Give a client another secret, which is shown this once", answer: "client:Client"),
      Route(.get, "/api/clients/{id}/grants", needs: .on(.clients, .view)) { try await list($0) }
        .described(
          "List what a client was granted", query: "@page", answer: "total:integer grants:list"),
      Route(.delete, "/api/clients/{id}/grants", needs: .on(.clients, .edit)) {
        try await revoke(nil, $0)
      }.described("Revoke all tokens of a client", answer: "revoked:integer"),
      Route(.delete, "/api/clients/{id}/grants/{grant}", needs: .on(.clients, .edit)) { request in
        guard let grant = request.pathParameters["grant"].flatMap(Int64.init) else {
          throw APIError.notFound
        }
        return try await revoke(grant, request)
      }.described("Revoke what a client was granted once", answer: "revoked:integer"),
    ]
  }

  private func renew(_ request: APIRequest) async throws -> APIResponse {
    let client = try await store.renewSecret(
      try request.id, by: try request.requiredUser.userActor, now: resource.clock.now)
    guard let client else { throw APIError.notFound }
    return APIResponse(json: [resource.names.one: resource.json(client, request)])
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    guard try await store.find(id) != nil else { throw APIError.notFound }
    let paging = Paging(request.query, cap: resource.pageCap)
    let page = try await store.grants(
      of: id, start: paging.start, limit: paging.limit, now: resource.clock.now)
    return APIResponse(json: [
      "total": .int(page.total), "grants": .array(page.grants.map(Self.json)),
    ])
  }

  private func revoke(_ grant: Int64?, _ request: APIRequest) async throws -> APIResponse {
    let revoked = try await store.revokeGrants(
      of: try request.id, grant, by: try request.requiredUser.userActor, now: resource.clock.now)
    guard let revoked, grant == nil || revoked > 0 else { throw APIError.notFound }
    return APIResponse(json: ["revoked": .int(revoked)])
  }

  private static func json(_ grant: ClientGrant) -> JSONValue {
    [
      "id": .int(Int(grant.id)),
      "user": grant.user.map {
        ["id": .int(Int($0.id)), "username": .string($0.username)]
      } ?? .null,
      "dateAdded": JSONValue(grant.added), "expires": JSONValue(grant.expires),
      "tokens": .int(grant.tokens), "lastIssued": JSONValue(grant.lastIssued),
    ]
  }
}
