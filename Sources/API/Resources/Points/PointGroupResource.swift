import JobQueue
import Points
import Query

/// `/api/points/groups`: second scores of contacts (API page, 8.10).
struct PointGroupResource: StandardResource {
  let groups: PointGroupStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/points/groups"
  let names = (one: "pointGroup", many: "pointGroups")
  let shape = ListShape.array

  func list(_ request: APIRequest) async throws -> (entities: [PointGroup], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await groups.page(
      start: paging.start, limit: paging.limit,
      where: try ListQuery.pointGroups.condition(wanted),
      order: try ListQuery.pointGroups.order(wanted))
    return (page.groups, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> PointGroup? {
    try await groups.group(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: PointGroup, isNew: Bool) {
    let group = try await groups.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (group, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> PointGroup? {
    try await groups.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> PointGroup? {
    try await groups.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of group: PointGroup) -> Int64 { group.id }

  func json(_ group: PointGroup, _ request: APIRequest) -> JSONValue {
    .object(
      JSONObject(isPublished: group.isPublished, group.dates).with([
        "id": .int(Int(group.id)), "name": .string(group.name),
        "description": JSONValue(group.description),
      ]))
  }

  private static func input(_ body: JSONValue) throws(APIError) -> PointGroupInput {
    var members = Members(body)
    var input = PointGroupInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
