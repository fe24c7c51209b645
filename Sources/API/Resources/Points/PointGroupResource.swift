import JobQueue
import Points
import Query
import Users

/// `/api/points/groups`: second scores of contacts (API page, 8.10).
struct PointGroupResource: RecordResource {
  let store: PointGroupStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/points/groups"
  let areas = [PermissionArea.pointGroups]
  let names = (one: "pointGroup", many: "pointGroups")
  let shape = ListShape.array
  let query = ListQuery.pointGroups

  var entitySchema: Schema { "@published id:id name:text description:text?" }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Interest"] }

  func json(_ group: PointGroup, _ request: APIRequest) -> JSONValue {
    .object(
      JSONObject(isPublished: group.isPublished, group.dates).with([
        "id": .int(Int(group.id)), "name": .string(group.name),
        "description": JSONValue(group.description),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> PointGroupInput {
    var members = Members(body)
    var input = PointGroupInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
