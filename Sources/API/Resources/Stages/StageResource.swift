import Contacts
import JobQueue
import Query
import Users

/// `/api/stages` (API page, 8.11).
struct StageResource: RecordResource {
  let store: StageStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/stages"
  let areas = [PermissionArea.stages]
  let names = (one: "stage", many: "stages")
  let shape = ListShape.array
  let query = ListQuery.stages

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? weight:integer description:text? publishUp:date? \
    publishDown:date?
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? { ["name": "Customer", "weight": 10] }

  func json(_ record: StageRecord, _ request: APIRequest) -> JSONValue {
    .object(
      JSONObject(isPublished: record.isPublished, record.dates).with([
        "id": .int(Int(record.id)), "name": .string(record.stage.name),
        "category": JSONValue(record.category), "weight": .int(record.stage.weight),
        "description": JSONValue(record.stage.description),
        "publishUp": JSONValue(record.publishUp), "publishDown": JSONValue(record.publishDown),
      ]))
  }

  static func input(_ body: JSONValue) throws(APIError) -> StageInput {
    var members = Members(body)
    var input = StageInput()
    input.name = members.text("name")
    input.weight = members.integer("weight")
    input.description = members.optionalText("description")
    input.category = members.reference("category")
    input.publishUp = members.date("publishUp")
    input.publishDown = members.date("publishDown")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}
