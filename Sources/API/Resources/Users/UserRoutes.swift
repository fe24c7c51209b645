import Hummingbird
import JobQueue
import Query
import Users

/// What of users is not one of the ten endpoints, all without an envelope: oneself, which connection tests of clients ask
/// for, roles to choose from, and what a user may do (API page, section 9).
struct UserRoutes: Sendable {
  let users: UserStore
  let roles: RoleStore
  let clock: WallClock
  let pageCap: Int

  /// The most permissions that one request asks about.
  private static let maximumPermissions = 1000

  var routes: [Route] {
    [
      Route(.get, "/api/users/self", needs: .anyUser) { request in
        let caller = try request.requiredUser
        if caller.clientRole != nil { return APIResponse(json: JSONValue(client: caller)) }
        guard let user = try await users.user(caller.id) else { throw APIError.accessDenied }
        return APIResponse(json: JSONValue(user))
      }.described("The user who asks", answer: .named("User")),
      Route(.delete, "/api/users/{id}/two-factor", needs: .onAll(.users, .edit)) { request in
        let user = try await users.resetSecondFactor(
          of: try request.id, by: try request.requiredUser.userActor, now: clock.now)
        guard let user else { throw APIError.notFound }
        return APIResponse(json: ["user": JSONValue(user)])
      }.described("Take away a user's second factor, which is lost", answer: "user:User"),
      Route(.get, "/api/users/list/roles", needs: .on(.users, .view)) { try await choices($0) }
        .described(
          "The roles to choose from", query: "filter:text @page",
          answer: .list(of: "id:integer name:text")),
      Route(.post, "/api/users/{id}/permissioncheck", needs: .anyUser) { try await check($0) }
        .described(
          "Whether a user has permissions", body: "permissions:any", answer: .map(of: .truth)),
    ]
  }

  private func choices(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    var wanted = ListRequest(user: try request.requiredUser.id)
    wanted.publishedOnly = true
    // Quoted, so that a filter is a text and no commands.
    if let filter = request.query["filter"]?.text?.trimmingBlanks, !filter.isEmpty {
      wanted.search = "\"\(filter.replacing("\"", with: " "))\""
    }
    let page = try await roles.page(
      start: paging.start, limit: paging.limit,
      where: try RoleResource.query.condition(wanted), order: "ORDER BY lower(roles.name), roles.id"
    )
    return APIResponse(
      json: .array(page.records.map { ["id": .int(Int($0.id)), "name": .string($0.name)] }))
  }

  /// Whether a user has permissions: oneself, or any with the permission to see users.
  private func check(_ request: APIRequest) async throws -> APIResponse {
    let (id, caller) = (try request.id, try request.requiredUser)
    guard id == caller.id || caller.rights.access(.users, .view) == .all else {
      throw APIError.forbidden
    }
    var rights = caller.rights
    // A token may do less than its user.
    if id != caller.id {
      guard let user = try await users.user(id) else { throw APIError.notFound }
      rights = user.rights
    }
    let names = Self.names(try await request.parameters()["permissions"] ?? .null)
    guard !names.isEmpty else {
      throw APIError.validation([("permissions", ["is required: permissions to ask about"])])
    }
    guard names.count <= Self.maximumPermissions else {
      throw APIError.validation([("permissions", ["at most \(Self.maximumPermissions)"])])
    }
    var answer = JSONObject()
    for name in names {
      do {
        answer[name] = .bool(rights.allows(try Permission(name)))
      } catch {
        throw APIError.validation([("permissions", ["\(error)"])])
      }
    }
    return APIResponse(json: .object(answer))
  }

  /// The permissions asked about: a text, a list, or an object by position or from areas to levels.
  private static func names(_ given: JSONValue) -> [String] {
    guard let members = given.asObject?.members, !members.isEmpty else {
      return given.commaList.map(\.trimmingBlanks).filter { !$0.isEmpty }
    }
    return members.flatMap { key, value in
      key.contains(":") ? value.commaList.map { "\(key):\($0)" } : value.commaList
    }
  }
}
