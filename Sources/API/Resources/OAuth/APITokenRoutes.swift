import OAuth
import Users

/// `/api/tokens`: the tokens of a user, all tokens for an administrator (API page, section 2).
struct APITokenRoutes: Sendable {
  let tokens: APITokenStore
  let users: UserStore
  let pageCap: Int

  var routes: [Route] {
    let needs = Requirement.onAll(.tokens, .full)
    return [
      Route(.get, "/api/tokens", needs: needs) { try await list($0) }.described(
        "List tokens", query: "user:integer @page", answer: "total:integer tokens:Token[]"),
      Route(.get, "/api/tokens/{id}", needs: needs) { request in
        Self.answer(try await found(request))
      }.described("Get one token", answer: "token:Token"),
      Route(.post, "/api/tokens/new", needs: needs) { try await create($0) }.described(
        "Make a token, which is shown this once",
        body: "name:text scope:any networks:any expires:date user:reference", answer: "token:Token",
        statuses: [201], made: "token"),
      Route(.delete, "/api/tokens/{id}/delete", needs: needs) { request in
        let token = try await found(request)
        guard
          let revoked = try await tokens.revoke(
            token.id, by: try request.requiredUser.userActor)
        else { throw APIError.notFound }
        return Self.answer(revoked)
      }.described("Revoke a token", answer: "token:Token"),
    ]
  }

  /// The user's own tokens; of an administrator all, or those of the user whom `user` names.
  private func list(_ request: APIRequest) async throws -> APIResponse {
    let caller = try request.requiredUser
    let paging = Paging(request.query, cap: pageCap)
    let wanted = request.query["user"]?.integer.map(Int64.init)
    let owner = caller.isAdministrator ? wanted : caller.id
    let page = try await tokens.page(of: owner, start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(page.total), "tokens": .array(page.records.map(Self.json)),
    ])
  }

  /// - Throws: 404 also for a token that the user may not see.
  private func found(_ request: APIRequest) async throws -> APIToken {
    let caller = try request.requiredUser
    guard let token = try await tokens.find(try request.id),
      caller.isAdministrator || token.user.id == caller.id
    else { throw APIError.notFound }
    return token
  }

  /// Makes a token. One token makes no other, which would outlive it.
  private func create(_ request: APIRequest) async throws -> APIResponse {
    let caller = try request.requiredUser
    guard !caller.isByToken else {
      throw APIError(
        .forbidden, "A token makes no tokens: log in with the password.", type: "access_denied")
    }
    var members = Members(try await request.parameters())
    var input = APITokenInput(name: members.text("name") ?? "")
    input.scope = members.list("scope", separators: ", ")
    input.networks = members.list("networks", separators: ", ") ?? []
    input.expires = members.date("expires") ?? nil
    let owner = (members.reference("user") ?? nil) ?? caller.id
    try members.finish()
    guard owner == caller.id || caller.isAdministrator else { throw APIError.forbidden }
    guard let user = try await users.user(owner) else {
      throw APIError.validation([("user", ["there is no user \(owner)"])])
    }
    let token = try await tokens.create(input, of: user, by: caller.userActor)
    var answer = Self.answer(token)
    answer.status = .created
    return answer.with(.location, "/api/tokens/\(token.id)")
  }

  private static func answer(_ token: APIToken) -> APIResponse {
    APIResponse(json: ["token": json(token)])
  }

  private static func json(_ token: APIToken) -> JSONValue {
    var object: JSONObject = [
      "id": .int(Int(token.id)), "name": .string(token.name),
      "user": ["id": .int(Int(token.user.id)), "username": .string(token.user.name)],
      "prefix": .string(token.prefix),
      "scope": token.scope.words.map { .array($0.map { .string($0) }) } ?? .null,
      "networks": .array(token.networks.map { .string($0.description) }),
      "dateAdded": JSONValue(token.added), "expires": JSONValue(token.expires),
      "lastUsed": JSONValue(token.lastUsed), "revoked": JSONValue(token.revoked),
    ]
    if let secret = token.secret { object.append("token", .string(secret)) }
    return .object(object)
  }
}
