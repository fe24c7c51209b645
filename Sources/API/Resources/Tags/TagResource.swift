import Contacts
import JobQueue
import Query
import Users

/// `/api/tags` (API page, 8.6).
struct TagResource: StandardResource {
  let tags: TagStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/tags"
  let areas = [PermissionArea.tags]
  let publishes = false
  let names = (one: "tag", many: "tags")
  let shape = ListShape.keyedByID()

  var entitySchema: Schema { "id:id tag:text description:text?" }
  var required: [String] { ["tag"] }
  var example: JSONObject? { ["tag": "news", "description": "Readers of the newsletter"] }
  func readBody(_ body: JSONValue) throws { _ = try Self.input(body) }

  func list(_ request: APIRequest) async throws -> (entities: [Tag], total: Int) {
    let page = try await request.page(of: .tags, cap: pageCap) { paging, condition, order in
      try await tags.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (page.tags, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Tag? { try await tags.tag(id) }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Tag, isNew: Bool) {
    let (tag, isNew) = try await tags.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (tag, isNew)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Tag? {
    try await tags.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Tag? {
    try await tags.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of tag: Tag) -> Int64 { tag.id }

  func json(_ tag: Tag, _ request: APIRequest) -> JSONValue {
    [
      "id": .int(Int(tag.id)), "tag": .string(tag.tag),
      "description": JSONValue(tag.description),
    ]
  }

  private static func input(_ body: JSONValue) throws(APIError) -> TagInput {
    var members = Members(body)
    var input = TagInput()
    input.tag = members.text("tag")
    input.description = members.optionalText("description")
    try members.finish()
    return input
  }
}
