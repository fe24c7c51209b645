import JobQueue
import Query
import Users

/// `/api/roles` (API page, section 9).
struct RoleResource: StandardResource {
  let store: RoleStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/roles"
  let areas = [PermissionArea.roles]
  let names = (one: "role", many: "roles")
  let shape = ListShape.array

  var entitySchema: Schema {
    "@published id:id name:text description:text? isAdmin:truth rawPermissions:map requiresTwoFactor:truth"
  }
  var required: [String] { ["name"] }
  var example: JSONObject? {
    ["name": "Editors", "rawPermissions": ["email:emails": ["viewown", "editown"]]]
  }
  func readBody(_ body: JSONValue) throws { _ = try Self.input(body) }

  /// What roles are searched for and ordered by.
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "roles"), QueryColumn("name", .text, of: "roles"),
      QueryColumn("description", .text, of: "roles"),
      QueryColumn("is_admin", .boolean, of: "roles"),
    ] + ListQuery.published("roles"),
    mainColumns: ["name", "description"], states: ["admin": { _ in "roles.is_admin" }])

  func list(_ request: APIRequest) async throws -> (entities: [Role], total: Int) {
    let page = try await request.page(of: Self.query, cap: pageCap) { paging, condition, order in
      try await store.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.records, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Role? { try await store.find(id) }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Role, isNew: Bool) {
    let role = try await store.create(
      try Self.input(body), by: try request.requiredUser.userActor, now: clock.now)
    return (role, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Role? {
    try await store.update(
      id, try Self.input(body), replacing: replacing, by: try request.requiredUser.userActor,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Role? {
    try await store.delete(id, by: try request.requiredUser.userActor, now: clock.now)
  }

  func id(of role: Role) -> Int64 { role.id }

  func json(_ role: Role, _ request: APIRequest) -> JSONValue { JSONValue(role) }

  private static func input(_ body: JSONValue) throws(APIError) -> RoleInput {
    var members = Members(body)
    var input = RoleInput()
    input.name = members.text("name")
    input.description = members.optionalText("description").map { .some($0) }
    input.isPublished = members.truth("isPublished")
    input.isAdministrator = members.truth("isAdmin")
    input.requiresTwoFactor = members.truth("requiresTwoFactor")
    if let given = body["rawPermissions"], given != .null {
      var grants: [String: [String]] = [:]
      for (area, levels) in given.asObject?.members ?? [] { grants[area] = levels.commaList }
      if given.asObject == nil, !given.isEmptyContainer, given != .string("") {
        members.refuse(
          "rawPermissions", "must be an object such as {\"email:emails\": [\"viewown\"]}")
      }
      input.grants = grants
    }
    try members.finish()
    return input
  }
}
