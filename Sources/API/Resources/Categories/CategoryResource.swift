import Contacts
import JobQueue
import Query

/// `/api/categories` (API page, section 9).
struct CategoryResource: StandardResource {
  let categories: CategoryStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/categories"
  let names = (one: "category", many: "categories")
  let shape = ListShape.array

  func list(_ request: APIRequest) async throws -> (entities: [Category], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await categories.page(
      start: paging.start, limit: paging.limit,
      where: try ListQuery.categories.condition(wanted),
      order: try ListQuery.categories.order(wanted))
    return (page.categories, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Category? {
    try await categories.category(id)
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Category, isNew: Bool) {
    let category = try await categories.create(
      Self.input(body), by: try request.requiredUser.author, now: clock.now)
    return (category, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Category? {
    try await categories.update(
      id, Self.input(body), replacing: replacing, by: try request.requiredUser.author,
      now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Category? {
    try await categories.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  func id(of category: Category) -> Int64 { category.id }

  func json(_ category: Category, _ request: APIRequest) -> JSONValue {
    guard case .object(let short) = JSONValue(category) else { return .null }
    return .object(JSONObject(isPublished: category.isPublished, category.dates).with(short))
  }

  private static func input(_ body: JSONValue) throws(APIError) -> CategoryInput {
    var members = Members(body)
    var input = CategoryInput()
    input.title = members.text("title")
    input.alias = members.text("alias")
    input.description = members.optionalText("description")
    input.color = members.optionalText("color")
    input.bundle = members.text("bundle")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }
}

extension JSONValue {
  /// A category in short form (API page, section 4), or null.
  init(_ category: Category?) { self.init(category?.summary) }

  init(_ category: CategorySummary?) {
    guard let category else {
      self = .null
      return
    }
    self = [
      "id": .int(Int(category.id)), "title": .string(category.title),
      "alias": .string(category.alias), "description": JSONValue(category.description),
      "color": JSONValue(category.color), "bundle": .string(category.bundle),
    ]
  }
}
