import Hummingbird
import JobQueue
import Points
import Primitives
import Query
import Users

/// `/api/points`: actions that give contacts points (API page, 8.10).
struct PointActionResource: RecordResource {
  let store: PointActionStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/points"
  let areas = [PermissionArea.points]
  let names = (one: "point", many: "points")
  let shape = ListShape.array
  let query = ListQuery.pointActions

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? type:text description:text? publishUp:date? \
    publishDown:date? delta:integer properties:any repeatable:truth group:ShortGroup?
    """
  }
  var required: [String] { ["name", "type", "delta"] }
  var example: JSONObject? { ["name": "Opened", "type": "email.open", "delta": 5] }

  /// The types of store.
  static var types: Route {
    Route(.get, "/api/points/actions/types", needs: .on(.points, .view)) { _ in
      let types = PointActionType.allCases.sorted { $0.rawValue < $1.rawValue }
      return APIResponse(json: [
        "pointActionTypes": .object(JSONObject(types.map { ($0.rawValue, .string($0.label)) }))
      ])
    }.described("The types of point actions", answer: "pointActionTypes:object")
  }

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

  static func input(_ body: JSONValue) throws(APIError) -> PointActionInput {
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
