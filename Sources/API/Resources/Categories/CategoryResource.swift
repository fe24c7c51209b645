import Contacts
import JobQueue
import Query
import Users

/// `/api/categories` (API page, section 9). The permission for the categories of all, or that for those of their bundle.
struct CategoryResource: RecordResource {
  let store: CategoryStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/categories"
  let areas = [PermissionArea.categories] + PermissionArea.categoriesOfBundles
  let names = (one: "category", many: "categories")
  let shape = ListShape.array
  let query = ListQuery.categories

  var entitySchema: Schema {
    """
    @published id:id title:text alias:text description:text? color:text? bundle:text
    """
  }
  var required: [String] { ["title", "bundle"] }
  var example: JSONObject? { ["title": "News", "bundle": "global"] }

  func list(_ request: APIRequest) async throws -> (entities: [Category], total: Int) {
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    var condition = try query.condition(wanted)
    if let bundles = bundles(.view, request) {
      condition = "(\(sql: condition)) AND lower(categories.bundle) = ANY (\(bundles))"
    }
    let page = try await store.page(
      start: paging.start, limit: paging.limit, where: condition, order: try query.order(wanted))
    return (page.records, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> Category? {
    guard let category = try await store.find(id) else { return nil }
    try require(.view, category.bundle, request)
    return category
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: Category, isNew: Bool) {
    let input = try Self.input(body)
    if let bundle = input.bundle { try require(.create, bundle, request) }
    let category = try await store.create(
      input, by: try request.requiredUser.author, now: clock.now)
    return (category, true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> Category? {
    guard let category = try await store.find(id) else { return nil }
    let input = try Self.input(body)
    for bundle in Set([category.bundle, input.bundle ?? category.bundle]) {
      try require(.edit, bundle, request)
    }
    return try await store.update(
      id, input, replacing: replacing, by: try request.requiredUser.author, now: clock.now)
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> Category? {
    guard let category = try await store.find(id) else { return nil }
    try require(.delete, category.bundle, request)
    return try await store.delete(id, by: try request.requiredUser.author, now: clock.now)
  }

  /// The bundles whose categories a user may do something with, in lower case; nil for all.
  private func bundles(_ action: PermissionAction, _ request: APIRequest) -> [String]? {
    if request.rights.access(.categories, action) == .all { return nil }
    return PermissionArea.categoriesOfBundles.filter {
      request.rights.access($0, action) == .all
    }.map(\.bundle)
  }

  private func require(
    _ action: PermissionAction, _ bundle: String, _ request: APIRequest
  ) throws(APIError) {
    if let bundles = bundles(action, request), !bundles.contains(bundle.lowercased()) {
      throw .forbidden
    }
  }

  func json(_ category: Category, _ request: APIRequest) -> JSONValue {
    guard case .object(let short) = JSONValue(category) else { return .null }
    return .object(JSONObject(isPublished: category.isPublished, category.dates).with(short))
  }

  static func input(_ body: JSONValue) throws(APIError) -> CategoryInput {
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
