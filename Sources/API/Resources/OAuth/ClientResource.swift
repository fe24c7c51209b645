import JobQueue
import OAuth
import Query
import Users

/// `/api/clients`: clients of OAuth (API page, section 2).
struct ClientResource: StandardResource {
  let store: ClientStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/clients"
  let areas = [PermissionArea.clients]
  let names = (one: "client", many: "clients")
  let shape = ListShape.array

  var entitySchema: Schema {
    """
    @published id:id name:text clientId:text isConfidential:truth redirectUris:texts grants:texts role:object? \
    clientSecret:text
    """
  }
  func readBody(_ body: JSONValue) throws { _ = try Self.input(body) }

  /// What clients are searched for and ordered by.
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "oauth_clients"),
      QueryColumn("name", .text, of: "oauth_clients"),
      QueryColumn("role_id", .integer, of: "oauth_clients"),
    ] + ListQuery.published("oauth_clients"),
    mainColumns: ["name"])

  /// The ten endpoints. No answer is kept for an idempotency key: that of a creation holds the secret.
  var routes: [Route] {
    StandardRoutes(resource: self).routes.map { route in
      var route = route
      route.takesIdempotencyKey = false
      return route
    }
  }

  func list(_ request: APIRequest) async throws -> (entities: [OAuthClient], total: Int) {
    let page = try await request.page(of: Self.query, cap: pageCap) { paging, condition, order in
      try await store.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.records, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> OAuthClient? {
    try await store.find(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: OAuthClient, isNew: Bool) {
    let client = try await store.create(
      try Self.input(body), by: try request.requiredUser.userActor, now: clock.now)
    return (client, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> OAuthClient? {
    try await store.update(
      id, try Self.input(body), replacing: replacing, by: try request.requiredUser.userActor,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> OAuthClient? {
    try await store.delete(id, by: try request.requiredUser.userActor, now: clock.now)
  }

  func id(of client: OAuthClient) -> Int64 { client.id }

  func json(_ client: OAuthClient, _ request: APIRequest) -> JSONValue {
    var object = JSONObject(isPublished: client.isPublished, client.dates).with([
      "id": .int(Int(client.id)), "name": .string(client.name),
      "clientId": .string(client.publicID), "isConfidential": .bool(client.isConfidential),
      "redirectUris": .array(client.redirectURIs.map { .string($0.description) }),
      "grants": .array(client.grants.map { .string($0.rawValue) }),
      "role": client.role.map {
        ["id": .int(Int($0)), "name": JSONValue(client.roleName)]
      } ?? .null,
    ])
    if let secret = client.secret { object.append("clientSecret", .string(secret)) }
    return .object(object)
  }

  private static func input(_ body: JSONValue) throws(APIError) -> ClientInput {
    var members = Members(body)
    var input = ClientInput()
    input.name = members.text("name")
    input.isConfidential = members.truth("isConfidential")
    input.isPublished = members.truth("isPublished")
    input.role = members.reference("role")
    input.redirectURIs = members.list("redirectUris", separators: "\n\r, ")
    input.grants = members.list("grants", separators: ", ")
    try members.finish()
    return input
  }
}
