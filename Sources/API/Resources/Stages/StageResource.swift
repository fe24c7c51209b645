import Contacts
import JobQueue
import Query

/// `/api/stages` (API page, 8.11).
struct StageResource: StandardResource {
  let stages: StageStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/stages"
  let names = (one: "stage", many: "stages")
  let shape = ListShape.array

  func list(_ request: APIRequest) async throws -> (entities: [StageRecord], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await stages.page(
      start: paging.start, limit: paging.limit, where: try ListQuery.stages.condition(wanted),
      order: try ListQuery.stages.order(wanted))
    return (page.stages, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> StageRecord? {
    try await stages.record(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: StageRecord, isNew: Bool) {
    let stage = try await stages.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (stage, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> StageRecord? {
    try await stages.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> StageRecord? {
    try await stages.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of stage: StageRecord) -> Int64 { stage.id }

  func json(_ record: StageRecord, _ request: APIRequest) -> JSONValue {
    .object(
      JSONObject(isPublished: record.isPublished, record.dates).with([
        "id": .int(Int(record.id)), "name": .string(record.stage.name),
        "category": JSONValue(record.category), "weight": .int(record.stage.weight),
        "description": JSONValue(record.stage.description),
        "publishUp": JSONValue(record.publishUp), "publishDown": JSONValue(record.publishDown),
      ]))
  }

  private static func input(_ body: JSONValue) throws(APIError) -> StageInput {
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
