import Hummingbird
import JobQueue
import Points
import Primitives
import Query

/// `/api/points`: actions that give contacts points (API page, 8.10).
struct PointActionResource: StandardResource {
  let actions: PointActionStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/points"
  let names = (one: "point", many: "points")
  let shape = ListShape.array

  /// The types of actions.
  static var types: Route {
    Route(.get, "/api/points/actions/types") { _ in
      let types = PointActionType.allCases.sorted { $0.rawValue < $1.rawValue }
      return APIResponse(json: [
        "pointActionTypes": .object(JSONObject(types.map { ($0.rawValue, .string($0.label)) }))
      ])
    }
  }

  func list(_ request: APIRequest) async throws -> (entities: [PointAction], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await actions.page(
      start: paging.start, limit: paging.limit,
      where: try ListQuery.pointActions.condition(wanted),
      order: try ListQuery.pointActions.order(wanted))
    return (page.actions, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> PointAction? {
    try await actions.action(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: PointAction, isNew: Bool) {
    let action = try await actions.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (action, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> PointAction? {
    try await actions.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> PointAction? {
    try await actions.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of action: PointAction) -> Int64 { action.id }

  func json(_ action: PointAction, _ request: APIRequest) -> JSONValue {
    let rule = action.rule
    return .object(
      JSONObject(isPublished: rule.isPublished, action.dates).with([
        "id": .int(Int(action.id)), "name": .string(rule.name),
        "category": JSONValue(action.category), "type": .string(action.type.rawValue),
        "description": JSONValue(rule.description), "publishUp": JSONValue(rule.publishUp),
        "publishDown": JSONValue(rule.publishDown), "delta": .int(action.delta),
        "properties": JSONValue(kept: action.properties),
        "repeatable": .bool(action.isRepeatable), "group": JSONValue(action.group),
      ]))
  }

  private static func input(_ body: JSONValue) throws(APIError) -> PointActionInput {
    var members = Members(body)
    var input = PointActionInput()
    input.rule = members.rule()
    input.type = members.text("type")
    input.properties = members.properties()
    input.delta = members.integer("delta")
    input.isRepeatable = members.truth("repeatable")
    try members.finish()
    return input
  }
}

extension Members {
  /// The members that point actions and triggers share.
  mutating func rule() -> RuleInput {
    var input = RuleInput()
    input.name = text("name")
    input.description = optionalText("description")
    input.category = reference("category")
    input.group = reference("group")
    input.publishUp = date("publishUp")
    input.publishDown = date("publishDown")
    input.isPublished = truth("isPublished")
    return input
  }

  /// `properties`, whose members depend on a type. Null counts as missing.
  func properties() -> Primitives.JSONValue? {
    guard let given = body["properties"], given != .null else { return nil }
    return given.kept
  }
}

extension JSONValue {
  /// A point group in short form, or null.
  init(_ group: PointGroup?) {
    guard let group else {
      self = .null
      return
    }
    self = [
      "id": .int(Int(group.id)), "name": .string(group.name),
      "description": JSONValue(group.description),
    ]
  }
}
